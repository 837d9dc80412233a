"""Measures the coder on exemplars that it did not learn from, beside named baselines; must not tune anything.

`python -m analysis.coding.crossvalidate` prints the figures. Held out are blocks of neighbouring rows of one author and
question (what to expect of like answers), the same with the question hidden (of like answers to an unknown question),
and whole questions (of an unknown question that draws other answers). The baseline needs scikit-learn, a development
extra that nothing else here imports.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from analysis.codebook import Codebook, shipped_codebook
from analysis.coding.evaluate import score
from analysis.coding.exemplars import Exemplar, folds, read_exemplars
from analysis.coding.head import Head
from analysis.coding.passages import Passage
from analysis.coding.train import Material, learn, read
from analysis.records import Facet
from consultation.encoder import MiniLM

Prediction = dict[str, Any]

_FOLDS = 5


def crossvalidate(
    material: Material, fold: Sequence[int], codebook: Codebook, *, hide_question: bool = False
) -> list[Prediction]:
    """What a coder that never saw a row's fold makes of the row. Thresholds too come from the other folds alone."""
    predictions: list[Prediction] = [{} for _ in material.rows]
    for number in sorted(set(fold)):
        kept = [at for at, each in enumerate(fold) if each != number]
        left = [at for at, each in enumerate(fold) if each == number]
        head = learn(material.only(kept), codebook, "held out")
        for at in left:
            passage = material.passages[at]
            predictions[at] = _predicted(head, replace(passage, place=("", "")) if hide_question else passage)
    return predictions


def tfidf_baseline(rows: Sequence[Exemplar], fold: Sequence[int], codebook: Codebook) -> list[Prediction]:
    """TF-IDF of words and pairs with one logistic regression a code, proposed from 0.5 or where it is likeliest."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    predictions: list[Prediction] = [{} for _ in rows]
    for number in sorted(set(fold)):
        kept = [at for at, each in enumerate(fold) if each != number]
        left = [at for at, each in enumerate(fold) if each == number]
        vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        known = vectorizer.fit_transform([rows[at].text for at in kept])
        asked = vectorizer.transform([rows[at].text for at in left])
        found = {}
        for field, codes in (("outcomes", codebook.outcome_ids), ("themes", codebook.theme_ids)):
            truth = np.array([[code in getattr(rows[at], field) for code in codes] for at in kept])
            model = OneVsRestClassifier(LogisticRegression(C=10, class_weight="balanced", solver="liblinear"))
            found[field] = (model.fit(known, truth).predict(asked), codes)
        tones = LogisticRegression(C=10).fit(known, [rows[at].sentiment for at in kept]).predict(asked)
        for row, at in enumerate(left):
            predictions[at] = {
                field: [code for code, hit in zip(codes, hits[row], strict=True) if hit]
                for field, (hits, codes) in found.items()
            } | {"sentiment": tones[row]}
    return predictions


def commonest_baseline(rows: Sequence[Exemplar]) -> list[Prediction]:
    """Always the commonest outcome, theme and sentiment."""
    commonest = {
        "outcomes": [Counter(each for row in rows for each in row.outcomes or ()).most_common(1)[0][0]],
        "themes": [Counter(each for row in rows for each in row.themes or ()).most_common(1)[0][0]],
        "sentiment": Counter(row.sentiment for row in rows).most_common(1)[0][0],
    }
    return [commonest for _ in rows]


def _predicted(head: Head, passage: Passage) -> Prediction:
    likeness, learned = head.likeness(passage)
    scores = learned.stages.predict(likeness)[0]
    proposed = [head.columns[at] for at in head.proposed(learned.calibration.confidence(scores), learned)]
    tone = head.tone(scores)
    return {
        "outcomes": [code for facet, code in proposed if facet is Facet.OUTCOME],
        "themes": [code for facet, code in proposed if facet is Facet.THEME],
        "sentiment": None if tone is None else head.columns[tone][1],
    }


def main() -> None:
    """Print one line of figures for each way of holding out and each baseline."""
    rows, codebook = read_exemplars(), shipped_codebook()
    material = read(rows, codebook, MiniLM())
    blocks = folds(rows, _FOLDS)
    questions = sorted({each.question for each in rows})
    by_question = [questions.index(each.question) % _FOLDS for each in rows]
    _show("always the commonest", rows, commonest_baseline(rows))
    _show("the coder, blocks held out", rows, crossvalidate(material, blocks, codebook))
    hidden = crossvalidate(material, blocks, codebook, hide_question=True)
    _show("the coder, blocks held out, question hidden", rows, hidden)
    _show("TF-IDF logistic, blocks held out", rows, tfidf_baseline(rows, blocks, codebook))
    _show("the coder, questions held out", rows, crossvalidate(material, by_question, codebook))


def _show(name: str, rows: Sequence[Exemplar], predictions: Sequence[Prediction]) -> None:
    figures = score([vars(each) for each in rows], predictions)
    for facet in ("themes", "outcomes"):
        del figures[facet]["per_code"]
    print(f"{name}: {json.dumps(figures)}", flush=True)


if __name__ == "__main__":
    main()
