"""What can be found: each declaration as an entry, with its words in both languages."""

from npr.search import KINDS


def of(declared, kind, id_):
    (found,) = [one for one in declared if (one.kind, one.id) == (kind, id_)]
    return found


def test_every_declaration_is_one_entry(home, declared):
    import npr

    base = npr.open(home)
    held, known = base.catalogue, base.evidence
    counts = {kind: sum(one.kind == kind for one in declared) for kind in KINDS}
    assert counts == {
        "briefing": len(held.briefings), "indicator": len(held.indicators), "term": len(known.terms),
        "demand": len(known.demands), "instrument": len(known.instruments), "fact": len(known.facts),
        "reference": len(known.references),
    }  # fmt: skip
    assert len({(one.kind, one.id) for one in declared}) == len(declared)


def test_entries_are_in_the_order_of_kinds_then_ids(declared):
    order = [(KINDS.index(one.kind), one.id) for one in declared]
    assert order == sorted(order)


def test_the_file_that_an_entry_names_declares_it(home, declared):
    for one in declared:
        assert one.id in (home / one.where).read_text(encoding="utf-8"), one


def test_an_indicator_has_its_names_its_code_and_its_publisher(declared):
    one = of(declared, "indicator", "printing_3d_all")
    assert one.title["sv"] == "Företag som använder 3D-utskrift, minst 10 anställda"
    assert one.title["en"] == "Enterprises using 3D printing, 10 or more employees"
    assert "Eurostat" in one.around
    # The glossary's pair "3D-utskrift, additiv tillverkning" / "3D printing, additive manufacturing".
    assert "additive manufacturing" in one.also
    assert "additive" not in of(declared, "indicator", "robots_all").also


def test_a_reference_has_a_title_in_its_own_language_alone(declared):
    one = of(declared, "reference", "ah-automation-robotlyft-2017")
    assert (dict(one.title), dict(one.text)) == (
        {"sv": "Miljonregn ska ge svenskt robotlyft"},
        {"sv": "AH Automation, 2017"},
    )


def test_a_fact_is_titled_by_its_publication_and_place(declared):
    one = of(declared, "fact", "tb-100")
    assert dict(one.title) == {"sv": "Svenska Testbäddar ska locka nya investeringar till Sverige"}
    assert one.text["sv"].startswith("År 2017 fanns över 100 testbäddar i Sverige")
    assert set(one.text) == {"sv", "en"}
    assert one.where == "data/evidence/facts/testbadd_sverige.yml"
    placed = [
        fact for fact in declared if fact.kind == "fact" and ", chapter 5, introduction" in "".join(fact.title.values())
    ]
    assert placed


def test_a_demand_keeps_the_words_of_the_decision_in_their_language(declared):
    one = of(declared, "demand", "R-01")
    assert one.text["sv"].startswith("uppdrar åt Verket för innovationssystem (Vinnova)")
    assert "uppdrar" not in one.text.get("en", "")


def test_what_has_no_text_shows_its_title_in_the_other_language(declared):
    one = of(declared, "term", "framsyn")
    assert one.shown("sv") == (("sv", "framsyn"), ("en", "foresight"))
    assert one.shown("en") == (("en", "foresight"), ("sv", "framsyn"))


def test_what_is_in_one_language_alone_is_shown_in_it(declared):
    one = of(declared, "reference", "ah-automation-robotlyft-2017")
    assert one.shown("en") == (("sv", "Miljonregn ska ge svenskt robotlyft"), ("sv", "AH Automation, 2017"))
