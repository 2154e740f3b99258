/* A curve that answers to the pointer. The table under it is its data: the two cannot differ, and without a wide
 * window, a pointer or JavaScript the drawing of the server stays. uPlot is asked for only where it is drawn with.
 */
(() => {
  "use strict";

  const own = document.currentScript;
  const suits = window.matchMedia("(hover: hover) and (min-width: 60rem)");
  const dash = { past: [4, 4], median: [1, 4] };
  let library = null;
  let drawn = null;

  const load = () =>
    (library ??= new Promise((ready, fail) => {
      const script = document.createElement("script");
      Object.assign(script, { src: own.dataset.library, nonce: own.nonce, onload: ready, onerror: fail });
      document.head.append(script);
    }));

  const number = (cell) => (cell.textContent.trim() ? Number(cell.textContent.replace(/\D/g, "")) : null);

  function draw() {
    const plot = document.querySelector("#chart-paid .chart-plot");
    if (drawn) drawn.destroy();
    drawn = null;
    if (!plot || !window.uPlot) return;
    const figure = plot.closest("figure");
    const rows = [...figure.querySelectorAll("tbody tr")].map((row) => [...row.cells]);
    const keys = [...figure.querySelectorAll(".chart-key li")];
    const picture = plot.querySelector("svg");
    const { width, height } = picture.getBoundingClientRect();
    const said = (place) => {
      keys.forEach((key, line) => (key.dataset.at = place === null ? "" : rows[place][line + 1].textContent));
      figure.querySelector(".chart-axis").dataset.at = place === null ? "" : rows[place][0].textContent;
    };
    drawn = new window.uPlot(
      {
        width,
        height,
        padding: [0, 0, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
        scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(most, 1)] } },
        axes: [{ show: false }, { show: false }],
        series: [
          {},
          ...keys.map((key) => {
            const kind = key.className.replace("key-", "");
            const line = picture.querySelector(`.chart-${kind}`);
            const stroke = getComputedStyle(line || key).getPropertyValue(line ? "stroke" : "color");
            return { stroke, width: kind === "main" ? 2 : 1.25, dash: dash[kind], points: { show: false } };
          }),
        ],
        hooks: { setCursor: [(chart) => said(chart.cursor.idx ?? null)] },
      },
      [rows.map((_, place) => place), ...keys.map((_, line) => rows.map((row) => number(row[line + 1])))],
      plot,
    );
    drawn.root.setAttribute("aria-hidden", "true");
    plot.classList.add("chart-drawn");
  }

  const begin = () => suits.matches && document.getElementById("chart-paid") && load().then(draw, () => {});

  document.addEventListener("DOMContentLoaded", begin);
  document.addEventListener("htmx:afterSettle", begin);
  window.addEventListener("resize", () => drawn && draw());
})();
