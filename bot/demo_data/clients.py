"""The clients of the demo's month. Invented, and chosen to strain every surface that shows or sends a name.

Addresses are at example.com, .net and .org; telephone numbers are 555-01xx.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """``email`` "" means none; ``phone`` says whether they gave a number, which the month then makes up."""

    name: str
    email: str = ""
    phone: bool = True
    preferred_name: str = ""
    guardian: str = ""
    email_ok: bool = True
    voicemail_ok: bool = True
    notes: str = ""


_LONG_NAME = (
    "María-Guadalupe Esperanza Inmaculada de la Santísima Trinidad y de los Remedios "
    "Fernández-Villavicencio Echeverría-Montoya del Castillo y Altamirano-Quiñones de Santa Rosalía de los Ríos"
)

#: By the word that the script uses for them.
CLIENTS = {
    "anne": Person("Anne-Marie O'Dwyer-Nakamura", "annemarie.odn@example.com", preferred_name="Annie"),
    "delphine": Person("Delphine Achterberg", "delphine.a@example.net", notes="Evenings after six, please."),
    "haruto": Person("Haruto Fairweather", "k.fairweather@example.org", guardian="Keiko Fairweather"),
    "olha": Person("Ольга Ткаченко", "olha.t@example.com", notes="Mornings are best."),
    "leyla": Person("ليلى الخطيب", "leyla.k@example.net", voicemail_ok=False),
    "jonas": Person("Jonas Quillfeather", "jonas.q@example.org"),
    "kai": Person("Kai Nakoa-Lindgren", "kai.nl@example.com", preferred_name="Kai"),
    "rosalind": Person("Rosalind Brightwater-Ng", "rosalind.bn@example.net", notes="Both of us would join by video."),
    "dimitra": Person("Δήμητρα Παππά", "dimitra.p@example.com"),
    "sakura": Person("田中 さくら", "sakura.tanaka@example.org", preferred_name="Sakura"),
    "siobhan": Person("Siobhán D’Arcy-O’Neill", "siobhan.don@example.com"),
    "yael": Person("יעל בן־דוד", "yael.bd@example.net", phone=False),
    "suharti": Person("Suharti", "suharti@example.org", notes="One name only, that is how it is."),
    "ngozi": Person("Ngozi Featherstonehaugh", "ngozi.f@example.com"),
    "minseo": Person("김민서", "minseo.kim@example.net", phone=False),
    "harlan": Person("Harlan Tso-Begaye", "harlan.tb@example.com", notes="Please call after the school run."),
    "wren": Person("Wren Abernathy-Duque", "wren.ad@example.com", preferred_name="Wren"),
    "ezra": Person("Ezra Thistlewood", "ezra.t@example.net"),
    "cass": Person("Cass Underhill", "cass.u@example.com", phone=False),
    "bram": Person("Bram van der Meulen-Achebe", "bram.vdma@example.org"),
    "tam": Person("Nguyễn Thị Ánh Tuyết", "tuyet.n@example.net", guardian="Nguyễn Văn Khải"),
    "moses": Person("Moses Kettleburn", "moses.k@example.com"),
    "albert": Person("Albert Fennimore Sr.", "a.fennimore@example.org", notes="Hard of hearing; please speak up."),
    # Siblings: one parent, one address.
    "pia": Person("Pia Solberg-Marchetti", "solberg.marchetti@example.com", guardian="Lena Solberg"),
    "nico": Person("Nico Solberg-Marchetti", "solberg.marchetti@example.com", guardian="Lena Solberg"),
    "dov": Person("Dov Ravensworth", "dov.r@example.net", voicemail_ok=False),
    "ruth": Person("Ruth Coldwater", notes="No computer at home."),  # a phone is the only way
    "emeka": Person("Emeka St. John-Oyelaran", "emeka.sjo@example.com"),
    "thea": Person("Thea Lockridge", "thea.l@example.org", email_ok=False, notes="Shared inbox: please do not write."),
    "gideon": Person("Gideon Marsh", "gideon.m@example.com"),
    # Text that would mention a channel or start a header, were it ever printed as it stands.
    "hostile": Person("Robin <!channel> <@U0MAYA> & *Sons*", "robin.sons@example.net", preferred_name="<!here> Robin"),
    "mirela": Person("Mirela Oakenshaw", "mirela.o@example.com"),
    "mirela again": Person("Oakenshaw Mirela", "mirela.o@example.com"),
    "long": Person(_LONG_NAME, "maria.guadalupe@example.org", preferred_name="María-Guadalupe"),
    "header": Person("Pat =?utf-8?q?=0ABcc:_pat=40example.com?= Lowell", "pat.lowell@example.com"),
    "linus": Person("Linus Overby-Castellanos", "linus.oc@example.net"),
    "juno": Person("Juno \N{SEEDLING} Parkhurst", "juno.p@example.org", preferred_name="Juno"),
    "amara": Person("Amara Holloway", "amara.h@example.com", notes="Panic attacks at night; a quick word would help."),
    "neha": Person("नेहा शर्मा", "neha.s@example.net"),
    "neha again": Person("Neha Sharma", "neha.s@example.net"),
    "otto": Person("Otto Winterbourne", "otto.w@example.org"),
    "bea": Person("Beatrix Halloran-Tso", preferred_name="Bea", notes="Landline; my husband may answer."),
    "florian": Person("Florian Asante-Weiss", "florian.aw@example.com"),
    "imogen": Person("Imogen Vasquez-Thorne", "imogen.vt@example.net", preferred_name="Immy"),
    "theo": Person("Theo Marchbanks", "theo.m@example.com", notes="Lunchtimes work well."),
}
