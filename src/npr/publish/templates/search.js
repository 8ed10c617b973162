// The index page's search: words are taken apart as in search/words.py, stems come from the page. No network.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("npr-search").textContent);
  const { entries, weights, shortest, told } = data, languages = ["sv", "en"], small = new Set(data.small), most = 20;
  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/\u00ad/g, "").replace(/[\u2010-\u2015\u2212]/g, "-").replace(/[:'\u2019]s(?![\p{L}\p{N}])/gu, "");
  const wordsOf = (text) => (fold(text).match(/[\p{L}\p{N}]+(?:[-_][\p{L}\p{N}]+|[.,]\p{Nd}+[\p{L}\p{N}]*)*/gu) || []).map((word) => word.replace(/,/g, "."));
  const partsOf = (word) => (/[-_]/.test(word) ? word.split(/[-_]/) : []);
  const stems = languages.map((language) => {
    const stemOf = new Map();
    for (const group of data.stems[language].split(" ")) {
      const [stem, ...ends] = group.split(",");
      ends.forEach((end) => stemOf.set(end.startsWith("=") ? end.slice(1) : stem + end, stem));
    }
    return stemOf;
  });
  // For each language: stem -> (number of an entry -> weight of the best field that holds it), and its words as written.
  const found = languages.map(() => new Map()), written = languages.map(() => new Map());
  const note = (at, text, number, weight) => wordsOf(text).flatMap((word) => [word, ...partsOf(word)]).forEach((word) => {
    const stem = stems[at].get(word) || word, held = found[at].get(stem) || new Map();
    written[at].set(word, stem);
    found[at].set(stem, held.set(number, Math.max(held.get(number) || 0, weight)));
  });
  entries.forEach(([, id, titles, texts, also, around], number) => languages.forEach((_, at) => {
    if (titles[at]) note(at, titles[at], number, weights.title);
    if (texts[at]) note(at, texts[at], number, weights.text);
    note(at, also, number, weights.also);
    note(at, data.around[around], number, weights.around);
    wordsOf(id).forEach((word) => titles.includes(id) || note(at, word, number, weights.also));
  }));
  const cut = (at, word) => {
    if (written[at].has(word)) return written[at].get(word);
    const all = [...found[at].keys()];
    return all.some((stem) => stem.startsWith(word)) ? word : all.filter((stem) => stem.length >= shortest.inside && word.startsWith(stem)).sort((a, b) => b.length - a.length)[0] || word;
  };
  // The entries that hold a word, each with [best score, score in Swedish, score in English].
  const holding = (word) => {
    const scores = new Map(), asks = languages.map((_, at) => cut(at, word));
    languages.forEach((_, at) => {
      const asked = asks[at], inside = new Set();
      if (!written[at].has(word) && asked.length < asks[1 - at].length) return;
      if (word.length >= shortest.inside) written[at].forEach((stem, one) => one.includes(word, 1) && inside.add(stem));
      found[at].forEach((held, stem) => {
        const tier = stem === asked ? 1 : stem.startsWith(asked) && asked.length >= shortest.prefix ? weights.prefix : inside.has(stem) ? weights.inside : 0;
        if (tier) held.forEach((weight, number) => {
          const score = scores.get(number) || [0, 0, 0], own = tier * weight * Math.log(1 + entries.length / held.size);
          scores.set(number, score.map((was, place) => (place === 0 || place === at + 1 ? Math.max(was, own) : was)));
        });
      });
    });
    return scores;
  };
  const search = (query) => {
    const asked = [...new Set(wordsOf(query.slice(0, 500)))], large = asked.filter((word) => !small.has(word)), words = large.length ? large : asked;
    const held = words.flatMap((word) => (holding(word).size || !partsOf(word).length ? [word] : partsOf(word))).map(holding);
    const all = held.length ? [...held[0].keys()].filter((number) => held.every((one) => one.has(number))) : [];
    return all.map((number) => {
      const sums = [0, 1, 2].map((at) => held.reduce((sum, one) => sum + one.get(number)[at], 0)), [kind, id, titles] = entries[number];
      const same = wordsOf(id).join(" ") !== words.join(" ") ? 1 : titles.includes(id) ? weights.same[0] : weights.same[1];
      return { number, score: sums[0] * weights.kinds[kind] * same, lead: sums[1] - sums[2] };
    }).sort((a, b) => b.score - a.score || a.number - b.number);
  };
  const made = (tag, text, at, kind) => Object.assign(document.createElement(tag), { textContent: text, lang: languages[at], className: kind || "" });
  const shown = ({ number, lead }, leading) => {
    const [kind, , titles, texts, , , links] = entries[number], best = (lead || leading) < 0 ? 1 : 0;
    const item = document.createElement("li"), at = titles[best] ? best : 1 - best, link = links && (links[best] || links[1 - best]),
      text = texts[best] ? best : texts[1 - best] ? 1 - best : -1, title = Object.assign(made(link ? "a" : "span", titles[at], at, "title"), link ? { href: link } : {});
    item.append(made("span", data.kinds[kind][best + 1], best, "kind"), " ", title);
    if (text >= 0 || titles[1 - at]) item.append(text >= 0 ? made("p", texts[text], text) : made("p", titles[1 - at], 1 - at));
    return item;
  };
  const box = document.getElementById("search"), input = box.querySelector("input"), status = box.querySelector("[role=status]"), list = box.querySelector("ol");
  const run = () => {
    const hits = search(input.value), blank = !input.value.trim(), leading = hits.slice(0, most).reduce((sum, one) => sum + one.lead, 0);
    const say = (at) => (hits.length ? (hits.length === 1 ? told.one : told.found)[at].replace("#", hits.length)
      + (hits.length > most ? ". " + told.more[at].replace("#", most) : "") : told.none[at]);
    status.replaceChildren(...(blank ? [] : [made("span", say(0), 0), " / ", made("span", say(1), 1)]));
    list.replaceChildren(...hits.slice(0, most).map((hit) => shown(hit, leading)));
  };
  const prefill = () => {
    if (location.hash.startsWith("#q=")) input.value = new URLSearchParams(location.hash.slice(1)).get("q");
    run();
  };
  box.hidden = false;
  box.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("input", run);
  window.addEventListener("hashchange", prefill);
  prefill();
})();
