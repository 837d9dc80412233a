/* Finding a code to tick, on the page where answers are coded blind; `workbench.js` does the other keys. */
(() => {
  "use strict";
  const main = document.getElementById("main");
  const live = document.createElement("p");
  live.className = "unseen";
  live.setAttribute("role", "status");
  document.body.append(live);

  const labels = () => [...main.querySelectorAll(".ticks label")];
  const fits = (label, typed) => label.textContent.toLowerCase().includes(typed);
  const narrow = (field) => {
    const typed = field.value.trim().toLowerCase();
    labels().forEach((each) => { each.hidden = !fits(each, typed); });
    const left = labels().filter((each) => !each.hidden);
    live.textContent = !typed ? "" : left.length ? `${left[0].textContent.trim()}, 1 of ${left.length}` : "No code is called so.";
  };
  main.addEventListener("input", (event) => { if (event.target.id === "find") narrow(event.target); });
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (field.id !== "find" || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    const first = labels().find((each) => !each.hidden);
    if (event.key === "Enter" && field.value.trim() && first) {
      first.control.click();
      live.textContent = `${first.textContent.trim()} ${first.control.checked ? "ticked" : "not ticked any more"}`;
    }
    if (event.key === "Enter" && !field.value.trim()) main.querySelector("#answer").focus();
    const said = live.textContent;
    field.value = "";
    narrow(field);
    live.textContent = said;
  }, true);
})();
