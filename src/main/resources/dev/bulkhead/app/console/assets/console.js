'use strict';
/* Everything works without this: it adds copy buttons and the chart. */
(() => {
  const copyText = async (button) => {
    const source = document.getElementById(button.dataset.copy);
    if (!source) return;
    let done = true;
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(source);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      done = document.execCommand('copy');
    }
    const before = button.dataset.label ?? button.textContent;
    button.dataset.label = before;
    button.textContent = done ? 'Copied' : 'Selected';
    setTimeout(() => { button.textContent = before; }, 2000);
  };

  const showCopyButtons = (root) =>
    root.querySelectorAll('button[data-copy][hidden]').forEach((button) => { button.hidden = false; });

  const chart = () => {
    const place = document.getElementById('trend');
    if (!place || typeof uPlot === 'undefined') return;
    const data = JSON.parse(place.dataset.points);
    place.classList.add('drawn');
    const draw = () => {
      const style = getComputedStyle(document.documentElement);
      const colour = (name) => style.getPropertyValue(name).trim();
      const axis = { stroke: colour('--muted'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
      place.replaceChildren();
      new uPlot({
        width: place.clientWidth,
        height: 150,
        legend: { show: false },
        cursor: { show: false },
        scales: { y: { range: (u, low, high) => [0, Math.max(4, Math.ceil(high * 1.15))] } },
        axes: [
          { ...axis, size: 26, space: 70, values: (u, at) => at.map((s) => new Date(s * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })) },
          { ...axis, size: 38, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] },
        ],
        series: [
          {},
          { label: 'Denied', stroke: colour('--danger'), width: 2, fill: colour('--danger-soft'), paths: uPlot.paths.stepped({ align: 1 }), points: { show: false } },
        ],
      }, [data[0], data[1]], place);
    };
    draw();
    let last = place.clientWidth;
    new ResizeObserver(() => {
      if (Math.abs(place.clientWidth - last) > 8) {
        last = place.clientWidth;
        draw();
      }
    }).observe(place);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  };

  /* The list follows what is typed; leaving the field must not replace it, and with it the focus. */
  document.addEventListener('change', (event) => {
    if (event.target.id === 'q') event.stopPropagation();
  }, true);
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button[data-copy]');
    if (button) copyText(button);
  });
  document.addEventListener('DOMContentLoaded', () => { showCopyButtons(document); chart(); });
  document.addEventListener('htmx:load', (event) => showCopyButtons(event.detail.elt));
})();
