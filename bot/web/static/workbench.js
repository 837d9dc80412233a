/* Keys for pages on which answers are judged. Each key presses what carries it in `data-key`, so whatever a key does a
   button does too; what comes back takes the place of the page without loading it anew. Keys do nothing while somebody
   types in a field, and can be switched off. */
(() => {
  "use strict";
  const main = document.getElementById("main");
  const live = document.createElement("p");
  live.className = "unseen";
  live.setAttribute("role", "status");
  document.body.append(live);
  let busy = false;

  const one = (selector) => main.querySelector(selector);
  const codes = () => [...main.querySelectorAll("[data-code]")];
  const inHand = () => one("[data-code][aria-current]");
  const wanted = () => sessionStorage.getItem("single keys") !== "off";
  const isField = (at) => at.matches("input:not([type=checkbox]), textarea, select");

  /* The code in hand, and its words in the text. */
  const take = (code) => {
    codes().forEach((each) => each.removeAttribute("aria-current"));
    if (!code) return;
    code.setAttribute("aria-current", "true");
    code.focus();
    light();
  };
  const light = () => {
    const number = inHand()?.querySelector(".number").textContent;
    main.querySelectorAll("mark").forEach((each) => {
      each.classList.toggle("here", each.dataset.codes.split(" ").includes(number));
    });
  };

  /* What was selected of the answer, as places in its text: Python counts characters, a browser UTF-16 units. */
  const text = () => one("#text");
  const until = (node, offset) => {
    const range = document.createRange();
    range.setStart(text(), 0);
    range.setEnd(node, offset);
    return range.toString();
  };
  const selected = () => {
    const selection = getSelection();
    if (!text() || !selection.rangeCount || selection.isCollapsed) return null;
    const { startContainer, startOffset, endContainer, endOffset } = selection.getRangeAt(0);
    if (!text().contains(startContainer) || !text().contains(endContainer)) return null;
    const [start, end] = [until(startContainer, startOffset), until(endContainer, endOffset)];
    const words = end.slice(start.length);
    const before = start.length + words.length - words.trimStart().length;
    return { start: [...end.slice(0, before)].length, end: [...end.trimEnd()].length };
  };
  const mark = () => {
    const place = selected();
    const form = inHand()?.querySelector(".mark");
    if (!place || place.start >= place.end || !form) {
      live.textContent = "Select words in the answer first, and a code that they speak for.";
      return;
    }
    form.elements.start.value = place.start;
    form.elements.end.value = place.end;
    form.requestSubmit();
  };

  /* With arrows: a word, the next word, with Shift more words. Nothing that can be typed into has a cursor to move. */
  let from = -1;
  let to = -1;
  const byWord = (forward, more) => {
    const words = [...text().textContent.matchAll(/\S+/g)];
    to = Math.min(Math.max(to + (forward ? 1 : -1), 0), words.length - 1);
    if (!more || from < 0) from = to;
    const [first, last] = [words[Math.min(from, to)], words[Math.max(from, to)]];
    const range = document.createRange();
    range.setStart(...at(first.index));
    range.setEnd(...at(last.index + last[0].length));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    live.textContent = range.toString();
  };
  const at = (offset) => {
    const nodes = document.createTreeWalker(text(), NodeFilter.SHOW_TEXT);
    let left = offset;
    while (nodes.nextNode()) {
      if (left <= nodes.currentNode.length) return [nodes.currentNode, left];
      left -= nodes.currentNode.length;
    }
    return [text(), text().childNodes.length];
  };

  /* Codes to add, by what they are called. */
  const narrow = (field) => {
    const list = field.form.elements.key;
    list.all ??= [...list.options];
    const typed = field.value.trim().toLowerCase();
    const fits = list.all.filter((each) => each.text.toLowerCase().includes(typed));
    list.replaceChildren(...fits);
    list.selectedIndex = fits.length ? 0 : -1;
    live.textContent = fits.length ? `${fits[0].text}, 1 of ${fits.length}` : "No code is called so.";
  };

  /* After a page was put in place: where the focus goes, and what is said. */
  const begin = (before) => {
    from = to = -1;
    const box = one("#single");
    if (box) box.checked = wanted();
    const filter = one(".filter");
    if (filter) filter.hidden = false;
    light();
    const trouble = one("#trouble");
    const answer = one("#answer");
    const same = answer && answer.dataset.answer === before;
    (trouble || (same && inHand()) || answer || main).focus();
    live.textContent = `${same || !before ? "" : "Next answer. "}${one("#status")?.textContent || ""}`;
  };

  const show = async (request, push) => {
    if (busy) return;
    busy = true;
    document.body.dataset.busy = "true";  // for whoever waits for it
    const before = one("#answer")?.dataset.answer;
    try {
      const response = await request();
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (!page.querySelector("#main") || new URL(response.url).pathname !== location.pathname) {
        location.assign(response.url);  // signed out, or something else than this page
        return;
      }
      main.innerHTML = page.getElementById("main").innerHTML;
      document.title = page.title;
      if (push && response.redirected) history.pushState(null, "", response.url);
      begin(before);
    } catch {
      live.textContent = "That did not reach Sayso. Nothing was kept; try again.";
    } finally {
      busy = false;
      delete document.body.dataset.busy;
    }
  };

  main.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(event.target, event.submitter));
    const address = event.target.getAttribute("action");
    show(() => fetch(address, { method: "POST", body }), true);
  });
  main.addEventListener("input", (event) => { if (event.target.matches("[type=search]")) narrow(event.target); });
  main.addEventListener("change", (event) => {
    if (event.target.id === "single") sessionStorage.setItem("single keys", event.target.checked ? "on" : "off");
  });
  window.addEventListener("popstate", () => location.reload());

  const press = (key) => {
    const found = inHand()?.querySelector(`[data-key="${key}"]`) || [...main.querySelectorAll(`[data-key="${key}"]`)]
      .find((each) => !each.closest("[data-code]"));
    if (!found) return false;
    if (isField(found)) { found.focus(); found.select(); } else found.click();
    return true;
  };
  const inField = (event) => {
    const field = event.target;
    if (event.key === "Escape") { (inHand() || one("#answer")).focus(); return true; }
    if (!field.matches("[type=search]")) return false;
    const list = field.form.elements.key;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !list.options.length) return false;
    list.selectedIndex = (list.selectedIndex + step + list.options.length) % list.options.length;
    live.textContent = list.options[list.selectedIndex].text;
    return true;
  };
  const move = (step) => {
    const all = codes();
    take(all[Math.min(Math.max(all.indexOf(inHand()) + step, 0), all.length - 1)]);
    return true;
  };
  const does = (event) => {
    const { key, target } = event;
    if (target === text() && (key === "ArrowRight" || key === "ArrowLeft")) {
      byWord(key === "ArrowRight", event.shiftKey);
      return true;
    }
    if (!wanted()) return false;
    if (key === "j" || key === "ArrowDown") return move(1);
    if (key === "k" || key === "ArrowUp") return move(-1);
    if (/^[1-9]$/.test(key)) { take(codes()[key - 1] || inHand()); return true; }
    if (key === "s") { mark(); return true; }
    if (key === "t") { text()?.focus(); return true; }
    if (key === "?") { const keys = one("#keys"); if (keys) keys.open = !keys.open; return true; }
    if (key === "Enter" && target.closest("a, button, summary")) return false;
    return press(key);
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const typing = isField(event.target);
    if (event.repeat && !typing && !event.key.startsWith("Arrow")) { event.preventDefault(); return; }
    if (busy ? !typing : typing ? inField(event) : does(event)) event.preventDefault();
  });
  begin();
})();
