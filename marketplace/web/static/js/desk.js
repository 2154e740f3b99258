/* The desk: long work says how far it is, in the title and to screen readers; leaving a half-filled form
 * asks first; where the navigation is wider than a phone, the page's own entry is in sight. The replacing of
 * the progress itself is htmx's work, and a reload does the same.
 */
(() => {
  "use strict";

  const SPEAK_EVERY_MS = 10000;

  let spokenAt = -Infinity;
  let following = false;
  const title = document.title;

  function follow() {
    const running = document.querySelector("[data-progress]");
    const over = document.querySelector("[data-progress-over]");
    if (running) {
      following = true;
      document.title = `${running.dataset.progress} · ${title}`;
      if (performance.now() - spokenAt < SPEAK_EVERY_MS) return;
      spokenAt = performance.now();
      say.aloud(running.dataset.progress);
    } else if (over && following) {
      following = false;
      document.title = title;
      say.aloud(over.dataset.progressOver);
    }
  }

  function showWhereWeAre() {
    for (const entry of document.querySelectorAll('.nav [aria-current="page"]')) {
      const row = entry.closest("ul");
      row.scrollLeft = entry.offsetLeft - row.offsetLeft - (row.clientWidth - entry.offsetWidth) / 2;
    }
  }

  let changed = false;

  document.addEventListener("htmx:afterSettle", follow);
  document.addEventListener("DOMContentLoaded", follow);
  document.addEventListener("DOMContentLoaded", showWhereWeAre);
  document.addEventListener("input", (event) => {
    if (event.target.closest("form[data-guard]")) changed = true;
  });
  document.addEventListener("submit", () => {
    changed = false;
  });
  addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
})();
