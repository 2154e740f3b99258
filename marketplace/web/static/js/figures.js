/* Figures that are replaced while somebody reads them: what was unfolded, scrolled and focused stays so.
 * The replacing itself is htmx's work; without it the page's own link asks again.
 */
(() => {
  "use strict";

  const PLACES = ["figures", "board"];
  let kept = null;

  const parts = (root) => ({
    folds: [...root.querySelectorAll("details")],
    frames: [...root.querySelectorAll(".table-frame")],
    stops: [...root.querySelectorAll("a, button, summary, .table-frame")],
  });

  // Rows change their order: a link is known by where it leads, and only then by its place.
  const known = (stop) => stop.getAttribute("href") || stop.textContent;

  function again(stops, focus) {
    const same = (stop) => stop && known(stop) === focus.known;
    if (same(stops[focus.place])) return stops[focus.place];
    return stops.find(same) || stops[focus.place];
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (window.htmx) document.querySelectorAll(".by-itself").forEach((said) => (said.hidden = false));
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!PLACES.includes(event.detail.target.id)) return;
    const { folds, frames, stops } = parts(event.detail.target);
    const place = stops.indexOf(document.activeElement);
    kept = {
      id: event.detail.target.id,
      open: folds.map((fold) => fold.open),
      scrolled: frames.map((frame) => [frame.scrollLeft, frame.scrollTop]),
      focus: place < 0 ? null : { place, known: known(stops[place]) },
    };
  });

  document.addEventListener("htmx:afterSwap", () => {
    const root = kept && document.getElementById(kept.id);
    if (!root) return;
    const { folds, frames, stops } = parts(root);
    if (folds.length === kept.open.length) folds.forEach((fold, place) => (fold.open = kept.open[place]));
    if (frames.length === kept.scrolled.length)
      frames.forEach((frame, place) => ([frame.scrollLeft, frame.scrollTop] = kept.scrolled[place]));
    const stop = kept.focus && again(stops, kept.focus);
    if (stop) stop.focus({ preventScroll: true });
    kept = null;
  });
})();
