"""A list is read as its owner meant it, wherever it was copied from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpr_core.domain.pasted_list import Entry, read_days, read_list

BOB, ALICE = "bob@example.com", "alice@example.com"


def who(text: str) -> list[str]:
    return [entry.who for entry in read_list(text) if not entry.heading]


@pytest.mark.parametrize(
    "text",
    [
        f"{BOB}\n{ALICE}",
        f"{BOB}\r\n{ALICE}\r\n",
        f"{BOB}\r{ALICE}\r",
        f"\ufeff{BOB}\n\n\n{ALICE}\n",
        f"  {BOB}\n\t{ALICE}  ",
        f"{BOB},\n{ALICE},",
        f"{BOB};;;\n{ALICE};;;",
        f"{BOB}\t\t\n{ALICE}\t\t",
        f'"{BOB}"\n"{ALICE}"',
        f"- {BOB}\n- {ALICE}",
        f"• {BOB}\n• {ALICE}",
        f"1. {BOB}\n2) {ALICE}",
        f"{BOB}, {ALICE}",
        f"{BOB}; {ALICE};",
        f"{BOB} {ALICE}",
        f"{BOB}\u2028{ALICE}",
        f"sep=;\n{BOB};\n{ALICE};",
        f"E-Mail\n{BOB}\n{ALICE}",
        f"Freunde aus dem Verein\n{BOB}\n{ALICE}",
        f"Vorname;Kontakt\nBob;{BOB}\nAlice;{ALICE}",
        f"Bob;{BOB}\nAlice;{ALICE}",
    ],
)
def test_two_addresses_are_two_friends_however_they_are_separated(text: str) -> None:
    assert who(text) == [BOB, ALICE]


@pytest.mark.parametrize(
    "text",
    [
        f"{BOB}, {ALICE}; carol@example.org",
        f"{BOB}; {ALICE}, carol@example.org",
        f'"Smith, Bob" <{BOB}>, Alice <{ALICE}>; carol@example.org',
    ],
)
def test_commas_and_semicolons_in_one_line_separate_alike(text: str) -> None:
    assert [address.rpartition("<")[2].strip(">") for address in who(text)] == [
        BOB,
        ALICE,
        "carol@example.org",
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"Bob Smith <{BOB}>; Alice <{ALICE}>",
        f'"Smith, Bob" <{BOB}>, "Jones, Alice" <{ALICE}>',
        f"Smith, Bob <{BOB}>; Jones, Alice <{ALICE}>",
        f"Smith, Bob <{BOB}>, Jones, Alice <{ALICE}>",
        f"Smith, Bob <{BOB}>\nJones, Alice <{ALICE}>",
    ],
)
def test_each_recipient_of_an_email_is_a_friend(text: str) -> None:
    found = who(text)

    assert [one.rpartition("<")[2].rstrip(">") for one in found] == [BOB, ALICE]


@pytest.mark.parametrize(
    "heading",
    [
        "email,libraries,days,note",
        "E-Mail-Adresse,Mediatheken,Tage,Notiz",
        "Adresse électronique,Médiathèques,Durée,Remarque",
        "Adresse e\u0301lectronique,Mediatheques,Jours,Commentaire",
        "Correo electrónico,Bibliotecas,Días,Nota",
        "INDIRIZZO E-MAIL,Biblioteche,Giorni,Commento",
        "e-mailadres,bibliotheken,aantal dagen,opmerking",
        "endereço de e-mail,bibliotecas,dias,comentário",
        "adres e-mail,biblioteki,dni,uwagi",
        "e-postadress,bibliotek,dagar,anteckning",
        "email_or_username , LIBRARIES , access_days , Comments",
    ],
)
def test_a_header_is_recognised_in_its_language(heading: str) -> None:
    _, entry = read_list(f"{heading}\n{BOB},Movies,30,my cousin")

    assert entry == Entry(2, BOB, "Movies", "30", "my cousin")


def test_a_header_allows_any_order_of_columns_and_other_columns_are_ignored() -> None:
    text = f"Notiz;Vorname;Tage;E-Mail;Telefon\nCousine;Ann;7;{BOB};0171\n;;;bobby;"

    heading, first, second = read_list(text)

    assert heading == Entry(1, "Notiz · Vorname · Tage · E-Mail · Telefon", heading=True)
    assert first == Entry(2, BOB, "", "7", "Cousine")
    assert second == Entry(3, "bobby")


def test_the_address_is_preferred_and_the_name_used_without_one() -> None:
    assert who(f"Name,E-Mail\nBob,{BOB}\nalice_plex,") == [BOB, "alice_plex"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (f"{BOB}", Entry(1, BOB)),
        (f"{BOB};30", Entry(1, BOB, "", "30")),
        (f"{BOB};30;my cousin", Entry(1, BOB, "", "30", "my cousin")),
        (f"{BOB};;30", Entry(1, BOB, "", "30")),
        (f"{BOB};Movies", Entry(1, BOB, "Movies")),
        (f"{BOB};Movies, Shows;30;hi", Entry(1, BOB, "Movies, Shows", "30", "hi")),
        (f'{BOB},"Movies, Shows",30 days', Entry(1, BOB, "Movies, Shows", "30 days")),
        (f"{BOB}\tMovies\t30\tone\ttwo", Entry(1, BOB, "Movies", "30", "one two")),
        (f"{BOB}|Movies", Entry(1, BOB, "Movies")),
        ("bobby;Movies;soon", Entry(1, "bobby", "Movies", "soon")),
        (f"Bob Smith;{BOB};Movies", Entry(1, BOB, "Movies")),
        ("Bobby Tables", Entry(1, "Bobby Tables")),
        (";;Movies", Entry(1, "", "", "")),
    ],
)
def test_without_a_header_the_order_is_address_libraries_days_note(
    row: str, expected: Entry
) -> None:
    if row.startswith(";"):
        (entry,) = read_list(row)
        assert entry.who == ""  # and the owner is informed
    else:
        assert read_list(row) == (expected,)


def test_a_cell_with_two_lines_is_one_cell_and_later_rows_keep_their_numbers() -> None:
    text = f'{BOB};;;"one\ntwo"\n{ALICE};;;'

    assert read_list(text) == (Entry(1, BOB, note="one two"), Entry(3, ALICE))


def test_an_unclosed_quote_loses_nobody() -> None:
    assert who(f'"{BOB}\n{ALICE}\ncarol@example.com') == [BOB, ALICE, "carol@example.com"]


def test_names_alone_are_not_taken_for_a_header() -> None:
    assert who("bobby\nalice_plex\ncarol") == ["bobby", "alice_plex", "carol"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("30", 30), ("30 days", 30), ("1 day", 1), ("30 Tage", 30), ("7 jours", 7), ("7 días", 7),
        ("14 giorni", 14), ("30.0", 30), ("30,00", 30), ("30d", 30), ("0", 0),
        ("", None), ("soon", None), ("2 weeks", None), ("-3", None), ("1.5", None),
    ],
)  # fmt: skip
def test_days_are_read_as_they_are_written(text: str, days: int | None) -> None:
    assert read_days(text) == days


@given(st.text(max_size=400))
def test_no_text_breaks_the_reader_and_no_address_is_lost(text: str) -> None:
    read_list(text)

    assert BOB in " ".join(who(f"{BOB}\n{text.replace(chr(34), '')}"))
