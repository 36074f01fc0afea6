"""What spreadsheets and mail programs call the columns of a list of people."""

from __future__ import annotations

import re
import unicodedata

ADDRESS, NAME, LIBRARIES, DAYS, NOTE = "address", "name", "libraries", "days", "note"
COLUMNS = (ADDRESS, NAME, LIBRARIES, DAYS, NOTE)

# By language: English, German, French, Spanish, Italian, Dutch, Portuguese, Polish, Swedish.
_WORDS = {
    ADDRESS: """
        email, e-mail, mail, email address, e-mail address, mail address, address, primary email,
        e-mail 1 - value, email 1 - value, plex email, to,
        e-mail-adresse, mailadresse, adresse, emailadresse, mail-adresse, an,
        courriel, adresse e-mail, adresse mail, adresse électronique, adresse de messagerie, mél,
        correo, correo electrónico, dirección, dirección de correo, dirección de correo electrónico,
        posta elettronica, indirizzo, indirizzo e-mail, indirizzo email,
        e-mailadres, mailadres, adres,
        endereço, endereço de e-mail, correio eletrónico, correio eletrônico,
        adres e-mail, adres email, e-postadress, e-post, mejladress
    """,
    NAME: """
        name, username, user name, user, plex name, plex username, plex user, account,
        email or username, email_or_username, address or name, friend, person, who,
        benutzername, benutzer, nutzername, plex-name, plex-benutzername, konto, freund, wer,
        nom, nom d'utilisateur, utilisateur, pseudo, identifiant, compte, ami,
        nombre, nombre de usuario, usuario, cuenta, amigo,
        nome, nome utente, utente, amico,
        naam, gebruikersnaam, gebruiker, vriend,
        nome de utilizador, nome de usuário, utilizador, usuário,
        nazwa, nazwa użytkownika, użytkownik, namn, användarnamn, användare
    """,
    LIBRARIES: """
        library, libraries, sections,
        bibliothek, bibliotheken, mediathek, mediatheken,
        bibliothèque, bibliothèques, médiathèque, médiathèques,
        biblioteca, bibliotecas, biblioteche, bibliotheek, bibliotheken,
        biblioteka, biblioteki, bibliotek
    """,
    DAYS: """
        days, day, access days, access_days, number of days, for days, duration, how long,
        tage, tag, anzahl tage, zugangstage, dauer, zugang in tagen,
        jours, jour, nombre de jours, durée, días, dias, número de días, duración,
        giorni, numero di giorni, durata, dagen, aantal dagen, duur, duração, dni,
        dagar, antal dagar
    """,
    NOTE: """
        note, notes, comment, comments, remark, remarks,
        notiz, notizen, bemerkung, bemerkungen, kommentar, anmerkung,
        remarque, remarques, commentaire, nota, notas, comentario, comentarios, comentário,
        commento, opmerking, opmerkingen, notitie, uwagi, uwaga, notatka, anteckning
    """,
}
_NOT_A_LETTER = re.compile(r"[^\w]+|_")


def column_of(heading: str) -> str | None:
    """Which of COLUMNS a heading names, ignoring case, accents and punctuation; None if none."""
    return _KINDS.get(_plain(heading))


def _plain(heading: str) -> str:
    apart = unicodedata.normalize("NFKD", heading.casefold())
    letters = "".join(char for char in apart if not unicodedata.combining(char))
    return " ".join(_NOT_A_LETTER.sub(" ", letters).split())


_KINDS = {
    _plain(word): kind for kind, words in reversed(_WORDS.items()) for word in words.split(",")
}
