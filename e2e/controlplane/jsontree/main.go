// Command jsontree decodes JSON as the API server does. Each line of its input is a document in Base64; the line of
// output for it is "refused", or "read " and the tree as JSON: integers as such, other numbers with an exponent, members
// in the order of their names.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	gojson "encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"

	kjson "sigs.k8s.io/json"
)

func main() {
	if err := answer(bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)); err != nil {
		fmt.Fprintln(os.Stderr, "jsontree:", err)
		os.Exit(1)
	}
}

func answer(in *bufio.Reader, out *bufio.Writer) error {
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF && len(line) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		document, err := base64.StdEncoding.DecodeString(string(bytes.TrimSuffix(line, []byte("\n"))))
		if err != nil {
			return err
		}
		reply, err := read(document)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out, reply); err != nil {
			return err
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
}

// read also fails when the decoder of Kubernetes and that of Go's library do not accept the same.
func read(document []byte) (string, error) {
	var tree, plain any
	err := kjson.UnmarshalCaseSensitivePreserveInts(document, &tree)
	if plainErr := gojson.Unmarshal(document, &plain); (err == nil) != (plainErr == nil) {
		return "", fmt.Errorf("sigs.k8s.io/json says %v, encoding/json %v", err, plainErr)
	}
	if err != nil {
		return "refused", nil
	}
	var text bytes.Buffer
	text.WriteString("read ")
	write(&text, tree)
	return text.String(), nil
}

func write(text *bytes.Buffer, value any) {
	switch value := value.(type) {
	case nil:
		text.WriteString("null")
	case bool:
		text.WriteString(strconv.FormatBool(value))
	case int64:
		text.WriteString(strconv.FormatInt(value, 10))
	case float64:
		text.WriteString(strconv.FormatFloat(value, 'e', -1, 64))
	case string:
		quote(text, value)
	case []any:
		text.WriteByte('[')
		for i, item := range value {
			if i > 0 {
				text.WriteByte(',')
			}
			write(text, item)
		}
		text.WriteByte(']')
	case map[string]any:
		text.WriteByte('{')
		for i, name := range slices.Sorted(maps.Keys(value)) {
			if i > 0 {
				text.WriteByte(',')
			}
			quote(text, name)
			text.WriteByte(':')
			write(text, value[name])
		}
		text.WriteByte('}')
	default:
		panic(fmt.Sprintf("a %T", value))
	}
}

func quote(text *bytes.Buffer, value string) {
	quoted, err := gojson.Marshal(value)
	if err != nil {
		panic(err)
	}
	text.Write(quoted)
}
