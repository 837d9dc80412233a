/* On a shared device: asks whether somebody is still there once nothing has been typed for a while, and tells the server
   that somebody types (not what), so that it keeps the talk for them. */
(() => {
  "use strict";
  const { path, idle, in: locale } = document.currentScript.dataset;
  let last = Date.now();
  let told = last;
  document.addEventListener("input", () => {
    last = Date.now();
    if (last - told < 10000) return;
    told = last;
    fetch(`${path}/here`, { method: "POST" }).catch(() => {});
  });
  setInterval(() => {
    if (Date.now() - last > idle * 1000) location.replace(`${path}/idle?in=${locale}`);
  }, 1000);
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
