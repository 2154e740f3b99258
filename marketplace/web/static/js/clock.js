/* Clocks that cannot lie: every countdown runs on the server's clock, never on this machine's.
 *
 * A page tells the server's time at which it was made (data-server-now). From there on time is counted by
 * performance.now(), which no change of the machine's clock touches. After the machine has slept, or the
 * page comes back from the history, the server is asked again through the Date of a static file.
 * Without JavaScript the words beside each clock remain and are enough.
 */
(() => {
  "use strict";

  const RESYNC_AFTER_MS = 2000; // wall and monotonic clock apart by more: the machine slept or was set
  const RELOAD_SPREAD_MS = 900; // members of one sale do not all ask in the same instant
  const own = document.currentScript && document.currentScript.src;

  let serverAtZero = null; // the server's time, in ms, when performance.now() was 0
  let warned = null; // the deadline of the hold that was warned of
  let drift = Date.now() - performance.now();

  const serverNow = () => serverAtZero + performance.now();

  function learn(element, arrivedAt) {
    const told = Date.parse(element.dataset.serverNow);
    if (!Number.isNaN(told)) serverAtZero = told - arrivedAt;
  }

  function learnFromPage() {
    const navigation = performance.getEntriesByType("navigation")[0];
    const first = document.querySelector("[data-server-now]");
    if (first) learn(first, (navigation && navigation.responseStart) || 0);
  }

  async function askServer() {
    if (!own || serverAtZero === null) return;
    try {
      const answer = await fetch(own, { method: "HEAD", cache: "no-store" });
      const told = Date.parse(answer.headers.get("Date"));
      // The header counts whole seconds; half of one is the fairest guess.
      if (!Number.isNaN(told)) serverAtZero = told + 500 - performance.now();
    } catch {
      /* Offline: the last known time is still the best one. */
    }
  }

  function resyncIfTimeJumped() {
    const now = Date.now() - performance.now();
    if (Math.abs(now - drift) > RESYNC_AFTER_MS) {
      drift = now;
      askServer();
    }
  }

  const two = (number) => String(number).padStart(2, "0");

  function figures(seconds, dayWord) {
    const days = Math.floor(seconds / 86400);
    const hours = Math.floor(seconds / 3600) % 24;
    const minutes = Math.floor(seconds / 60) % 60;
    const clock = `${two(minutes)}:${two(seconds % 60)}`;
    if (days) return `${days} ${dayWord} ${two(hours)}:${clock}`;
    return hours ? `${hours}:${clock}` : clock;
  }

  const remaining = (element) =>
    Math.max(0, Math.ceil((Date.parse(element.dataset.deadline) - serverNow()) / 1000));

  function show(element, time) {
    const text = (element.dataset.form || "{}").replace("{}", time);
    if (element.textContent !== text) element.textContent = text;
    element.hidden = false;
  }

  function tickCountdown(element) {
    const left = remaining(element);
    if (left > 0) {
      show(element, figures(left, element.dataset.days || "d"));
      element.dataset.ran = "1";
      return;
    }
    element.hidden = true;
    // A page that comes with its time already over has the server's answer: asking again would be a loop.
    if (element.dataset.atZero !== "reload" || !element.dataset.ran) return;
    delete element.dataset.ran;
    setTimeout(() => location.reload(), Math.random() * RELOAD_SPREAD_MS);
  }

  function tickHold(element) {
    const left = remaining(element);
    const face = element.querySelector(".hold-figures");
    if (left > 0) {
      show(face, figures(left, "d"));
      const near = left <= Number(element.dataset.warn || 120);
      element.classList.toggle("hold-near", near);
      if (near && !element.dataset.warned) {
        element.dataset.warned = "1";
        say.aloud(element.dataset.warning);
      }
      return;
    }
    if (element.dataset.ended) return;
    element.dataset.ended = "1";
    element.classList.remove("hold-near");
    element.classList.add("hold-ended");
    element.querySelector(".hold-over").hidden = false;
    say.aloud(element.dataset.over);
  }

  // Kept for the pages that follow; where a browser keeps nothing, for this page.
  function isNews(deadline) {
    if (warned === deadline) return false;
    try {
      warned = sessionStorage.getItem("warned");
      sessionStorage.setItem("warned", deadline);
    } catch {
      /* Storage is switched off. */
    }
    const news = warned !== deadline;
    warned = deadline;
    return news;
  }

  // The clock beside the word bag goes along on every page: its warning is seen, and once for each hold.
  function tickHeld(element) {
    const left = remaining(element);
    const face = element.querySelector(".bag-figures");
    if (left > 0) {
      show(face, figures(left, "d"));
      element.querySelector(".bag-until").hidden = true;
      const near = left <= Number(element.dataset.warn);
      element.classList.toggle("bag-near", near);
      if (near && isNews(element.dataset.deadline)) say.seen(element.dataset.warning);
    } else if (!element.hidden) {
      element.hidden = true;
      say.seen(element.dataset.over);
    }
  }

  function tick() {
    if (serverAtZero === null) return;
    document.querySelectorAll(".countdown-figures[data-deadline]").forEach(tickCountdown);
    document.querySelectorAll("[data-hold]").forEach(tickHold);
    document.querySelectorAll("[data-held]").forEach(tickHeld);
  }

  function start() {
    learnFromPage();
    tick();
    setInterval(tick, 250);
    setInterval(resyncIfTimeJumped, 1000);
  }

  // A part that htmx has just put in knows a fresher time than the page did.
  document.addEventListener("htmx:load", (event) => {
    const fresh = event.target.querySelector && event.target.querySelector("[data-server-now]");
    if (fresh && serverAtZero !== null) learn(fresh, performance.now());
    tick();
  });
  addEventListener("pageshow", (event) => event.persisted && askServer());
  document.addEventListener("visibilitychange", () => !document.hidden && resyncIfTimeJumped());

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
