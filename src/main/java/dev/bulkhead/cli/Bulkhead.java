package dev.bulkhead.cli;

import io.quarkus.runtime.annotations.QuarkusMain;

@QuarkusMain
public final class Bulkhead {
    private Bulkhead() {}

    public static void main(String[] args) {
        System.out.println("hi");
    }
}
