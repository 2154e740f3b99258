/* Figures that are replaced while somebody reads them: what was unfolded, scrolled and focused stays so.
 * The replacing itself is htmx's work; without it the page's own link asks again.
 */
(() => {
  "use strict";

  const PLACE = "figures";
  let kept = null;

  const parts = (root) => ({
    folds: [...root.querySelectorAll("details")],
    frames: [...root.querySelectorAll(".table-frame")],
    stops: [...root.querySelectorAll("a, summary, .table-frame")],
  });

  document.addEventListener("DOMContentLoaded", () => {
    if (window.htmx) document.querySelectorAll(".by-itself").forEach((said) => (said.hidden = false));
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== PLACE) return;
    const { folds, frames, stops } = parts(event.detail.target);
    kept = {
      open: folds.map((fold) => fold.open),
      scrolled: frames.map((frame) => [frame.scrollLeft, frame.scrollTop]),
      focused: stops.indexOf(document.activeElement),
    };
  });

  document.addEventListener("htmx:afterSwap", () => {
    const root = document.getElementById(PLACE);
    if (!root || !kept) return;
    const { folds, frames, stops } = parts(root);
    if (folds.length === kept.open.length) folds.forEach((fold, place) => (fold.open = kept.open[place]));
    if (frames.length === kept.scrolled.length)
      frames.forEach((frame, place) => ([frame.scrollLeft, frame.scrollTop] = kept.scrolled[place]));
    if (kept.focused >= 0 && stops[kept.focused]) stops[kept.focused].focus({ preventScroll: true });
    kept = null;
  });
})();
