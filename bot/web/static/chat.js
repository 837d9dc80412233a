/* What a browser with JavaScript can do beyond the page itself: read it aloud, let a box grow with what is typed in it,
   go to a choice by its number, and untick what "none of these" excludes. The page works without any of it. */
(() => {
  "use strict";
  const now = document.getElementById("now");

  /* Read aloud, by a voice of the browser's own. The button shows only where there is one for the page's language. */
  const button = document.getElementById("read");
  const speech = window.speechSynthesis;
  const language = (tag) => tag.toLowerCase().split(/[-_]/)[0];
  const voiceFor = (tag) => speech.getVoices().find((voice) => language(voice.lang) === language(tag));

  const reader = () => {
    const start = button.textContent;
    const rest = () => { button.textContent = start; };
    const parts = () => {
      const place = now || document.getElementById("main");
      return [...place.querySelectorAll("h1, .bubble p, [data-ask], .hint, .trouble, .choices > *, .card p, .card h2")]
        .filter((each) => each.getClientRects().length);
    };
    const say = () => {
      const voiced = parts().map((each) => [each, voiceFor(each.closest("[lang]").lang)]).filter(([, voice]) => voice);
      voiced.forEach(([each, voice], at) => {
        const words = new SpeechSynthesisUtterance(each.textContent.replace(/\s+/g, " ").trim());
        words.voice = voice;
        words.lang = voice.lang;
        if (at === voiced.length - 1) words.onend = rest;
        speech.speak(words);
      });
      if (voiced.length) button.textContent = button.dataset.stop;
    };
    button.addEventListener("click", () => {
      const reading = button.textContent !== start;
      speech.cancel();
      if (reading) rest(); else say();
    });
    window.addEventListener("pagehide", () => speech.cancel());
    const offer = () => { button.hidden = !voiceFor(document.documentElement.lang); };
    speech.addEventListener("voiceschanged", offer);
    offer();
  };
  if (button && speech) reader();

  /* A box as tall as what is in it. */
  document.querySelectorAll("textarea").forEach((box) => {
    const grow = () => {
      box.style.height = "auto";
      box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`;
    };
    box.addEventListener("input", grow);
    if (box.value) grow();
  });

  /* 1 to 9 go to a choice, and only while the focus is in the question: Enter or Space takes it, as ever. */
  const choices = now ? [...now.querySelectorAll(".choices button, .choices input")] : [];
  if (now) now.addEventListener("keydown", (event) => {
    const typing = event.target.matches("textarea, input:not([type=checkbox])");
    const choice = choices[Number(event.key) - 1];
    if (!choice || typing || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    choice.focus();
  });

  /* "None of these" and the others exclude each other; of the rest no more than so many. */
  const most = Number(now?.querySelector("[data-most]")?.dataset.most) || choices.length;
  const boxes = choices.filter((each) => each.type === "checkbox");
  const settle = (pressed) => {
    if (pressed?.checked) {
      const alone = "alone" in pressed.dataset;
      boxes.filter((each) => each !== pressed && (alone || "alone" in each.dataset))
        .forEach((each) => { each.checked = false; });
    }
    const full = boxes.filter((each) => each.checked).length >= most;
    boxes.forEach((each) => { each.disabled = full && !each.checked && !("alone" in each.dataset); });
  };
  boxes.forEach((box) => box.addEventListener("change", () => settle(box)));
  settle();
})();
