"""What is found in the numbers of the report, by cases that were worked by hand."""

from exceptions.kpis.caseload import VOLUME
from exceptions.kpis.consistency import BY_SITE
from exceptions.kpis.kpi import Kpi, Measure, share
from exceptions.kpis.promptness import BREACH_RATE, FIRST_RESPONSE
from exceptions.report.contents import Indicator, OfSite
from exceptions.report.findings import Finding, findings, lead


def indicator(kpi: Kpi, now: Measure, before: Measure | None) -> Indicator:
    return Indicator(kpi, now, before)


def heads(*found: Indicator) -> list[str]:
    return [finding.head for finding in findings(found, [])]


def test_a_share_changes_when_chance_would_hardly_do_it() -> None:
    """10 of 100 against 20 of 100: together 15 %, deviation √(.15·.85·.02) = 0.0505, so 1.98
    deviations. 11 of 100 against 20 of 100: 1.75.
    """
    assert findings([indicator(BREACH_RATE, share(10, 100), share(20, 100))], []) == (
        Finding(
            "good",
            "SLA breach rate 10.0 %, was 20.0 %.",
            "↓ down 10 points, better; n = 100 and 100.",
        ),
    )
    assert heads(indicator(BREACH_RATE, share(11, 100), share(20, 100))) == ["Nothing stands out."]


def test_nothing_is_said_over_few_rows() -> None:
    """19 rows are too few, however different; 20 are enough."""
    assert findings([indicator(BREACH_RATE, share(19, 19), share(0, 19))], []) == (
        Finding("soft", "Too few cases to say anything.", "No indicator counts 20 rows or more."),
    )
    assert heads(indicator(BREACH_RATE, share(20, 20), share(0, 20))) == [
        "SLA breach rate 100.0 %, was 0.0 %."
    ]


def test_counts_change_by_more_than_their_own_scatter() -> None:
    """120 against 90: 30 / √210 = 2.07. 115 against 90: 25 / √205 = 1.75."""
    assert heads(indicator(VOLUME, Measure(120, 120), Measure(90, 90))) == ["Volume 120, was 90."]
    assert heads(indicator(VOLUME, Measure(115, 115), Measure(90, 90))) == ["Nothing stands out."]


def test_medians_change_by_a_tenth_at_least() -> None:
    """From 40 min: 36 min is a tenth less, 37 is not."""
    before = Measure(2400, 50)
    assert heads(indicator(FIRST_RESPONSE, Measure(2160, 50), before)) == [
        "First response 36 min, was 40 min."
    ]
    assert heads(indicator(FIRST_RESPONSE, Measure(2220, 50), before)) == ["Nothing stands out."]


def test_an_index_is_no_share_of_rows() -> None:
    """0.86 against 0.83 over 1,000 decisions each: not a tenth, so nothing is said."""
    before, now = Measure(0.83, 1000), Measure(0.86, 1000)
    assert heads(indicator(BY_SITE, now, before)) == ["Nothing stands out."]
    assert heads(indicator(BY_SITE, Measure(0.92, 1000), before)) == [
        "Decisions alike at all sites 92.0 %, was 83.0 %."
    ]


def test_what_changed_most_comes_first() -> None:
    """The breach rate halves; the volume grows by a third."""
    volume = indicator(VOLUME, Measure(120, 120), Measure(90, 90))
    breach = indicator(BREACH_RATE, share(10, 100), share(20, 100))
    assert heads(volume, breach) == ["SLA breach rate 10.0 %, was 20.0 %.", "Volume 120, was 90."]
    assert lead([volume, breach]) == "Better than before: SLA breach rate. Worse: Volume."


def test_without_a_change_the_lead_says_so() -> None:
    same = indicator(VOLUME, Measure(100, 100), Measure(100, 100))
    assert (
        lead([same]) == "No indicator differs from the period before by more than chance explains."
    )


def test_adherence_is_held_against_the_target() -> None:
    """50 of 698 breached: 92.8 % met."""
    now = [indicator(BREACH_RATE, share(50, 698), None)]
    assert findings(now, [], 0.95) == (
        Finding(
            "worse",
            "92.8 % of the clocks were met; the target is 95 %.",
            "2.2 points below; n = 698 clocks.",
        ),
    )
    assert findings(now, [], 0.9)[0].text == "2.8 points above; n = 698 clocks."
    assert findings([indicator(BREACH_RATE, share(1, 10), None)], [], 0.5)[0].look == "soft"


def test_the_site_that_stands_out_is_held_against_the_others() -> None:
    """Pune 24 of 100 against 30 of 200: together 18 %, deviation 0.0471, so 1.91: not enough.
    With 26 of 100: 18.7 %, 0.0477, 2.30.
    """

    def sites(pune: int) -> list[OfSite]:
        rows = [("Rotterdam", 18, 110), ("Chicago", 12, 90), ("Pune", pune, 100)]
        return [
            OfSite(i, name, (indicator(BREACH_RATE, share(part, n), None),))
            for i, (name, part, n) in enumerate(rows)
        ]

    assert findings([indicator(BREACH_RATE, share(54, 300), None)], sites(24))[0].look == "soft"
    assert findings([], sites(26)) == (
        Finding(
            "worse",
            "Pune stands out: SLA breach rate 26.0 %.",
            "15.0 % at the other sites; n = 100 and 200.",
        ),
    )
