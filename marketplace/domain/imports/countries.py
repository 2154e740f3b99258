"""Countries: ISO 3166-1 codes, and their names in English, French, German, Italian and Spanish.

The names are those of the Unicode CLDR (Unicode licence), with a few that the trade still writes.
A country with more names than fit a line has several lines.
"""

from __future__ import annotations

from functools import lru_cache

from marketplace.domain.imports.conditions import folded

_TABLE = """\
AD|Andorra|Andorre
AE|United Arab Emirates|Émirats arabes unis|Vereinigte Arabische Emirate|Emirati Arabi Uniti
AE|Emiratos Árabes Unidos
AF|Afghanistan|Afganistán
AG|Antigua & Barbuda|Antigua-et-Barbuda|Antigua und Barbuda|Antigua e Barbuda|Antigua y Barbuda
AI|Anguilla|Anguila
AL|Albania|Albanie|Albanien
AM|Armenia|Arménie|Armenien
AO|Angola
AQ|Antarctica|Antarctique|Antarktis|Antartide|Antártida
AR|Argentina|Argentine|Argentinien
AS|American Samoa|Samoa américaines|Amerikanisch-Samoa|Samoa Americane|Samoa Americana
AT|Austria|Autriche|Österreich
AU|Australia|Australie|Australien
AW|Aruba
AX|Åland Islands|Îles Åland|Ålandinseln|Isole Åland|Islas Aland
AZ|Azerbaijan|Azerbaïdjan|Aserbaidschan|Azerbaigian|Azerbaiyán
BA|Bosnia & Herzegovina|Bosnie-Herzégovine|Bosnien und Herzegowina|Bosnia ed Erzegovina
BA|Bosnia y Herzegovina
BB|Barbados|Barbade
BD|Bangladesh|Bangladesch|Bangladés
BE|Belgium|Belgique|Belgien|Belgio|Bélgica
BF|Burkina Faso
BG|Bulgaria|Bulgarie|Bulgarien
BH|Bahrain|Bahreïn|Bahrein|Baréin
BI|Burundi
BJ|Benin|Bénin|Benín
BL|St. Barthélemy|Saint-Barthélemy|San Bartolomé
BM|Bermuda|Bermudes|Bermudas
BN|Brunei|Brunei Darussalam|Brunéi
BO|Bolivia|Bolivie|Bolivien
BQ|Caribbean Netherlands|Pays-Bas caribéens|Karibische Niederlande|Caraibi Olandesi
BQ|Caribe neerlandés
BR|Brazil|Brésil|Brasilien|Brasile|Brasil
BS|Bahamas
BT|Bhutan|Bhoutan|Bután
BV|Bouvet Island|Île Bouvet|Bouvetinsel|Isola Bouvet|Isla Bouvet
BW|Botswana|Botsuana
BY|Belarus|Biélorussie|Bielorussia|Bielorrusia
BZ|Belize|Belice
CA|Canada|Kanada|Canadá
CC|Cocos (Keeling) Islands|Îles Cocos|Kokosinseln|Isole Cocos (Keeling)|Islas Cocos
CD|Congo - Kinshasa|Congo-Kinshasa|Kongo-Kinshasa|República Democrática del Congo
CF|Central African Republic|République centrafricaine|Zentralafrikanische Republik
CF|Repubblica Centrafricana|República Centroafricana
CG|Congo - Brazzaville|Congo-Brazzaville|Kongo-Brazzaville|Congo
CH|Switzerland|Suisse|Schweiz|Svizzera|Suiza
CI|Côte d'Ivoire|Costa d'Avorio
CK|Cook Islands|Îles Cook|Cookinseln|Isole Cook|Islas Cook
CL|Chile|Chili|Cile
CM|Cameroon|Cameroun|Kamerun|Camerun|Camerún
CN|China|Chine|Cina|PRC|P.R.C.|PR China|R.P.C.
CO|Colombia|Colombie|Kolumbien
CR|Costa Rica
CU|Cuba|Kuba
CV|Cape Verde|Cap-Vert|Cabo Verde|Capo Verde
CW|Curaçao|Curazao
CX|Christmas Island|Île Christmas|Weihnachtsinsel|Isola Christmas|Isla de Navidad
CY|Cyprus|Chypre|Zypern|Cipro|Chipre
CZ|Czechia|Tchéquie|Tschechien|Cechia|Chequia|Czech Republic|République tchèque
CZ|Tschechische Republik|Repubblica Ceca|República Checa
DE|Germany|Allemagne|Deutschland|Germania|Alemania
DJ|Djibouti|Dschibuti|Gibuti|Yibuti
DK|Denmark|Danemark|Dänemark|Danimarca|Dinamarca
DM|Dominica|Dominique
DO|Dominican Republic|République dominicaine|Dominikanische Republik|Repubblica Dominicana
DO|República Dominicana
DZ|Algeria|Algérie|Algerien|Argelia
EC|Ecuador|Équateur
EE|Estonia|Estonie|Estland
EG|Egypt|Égypte|Ägypten|Egitto|Egipto
EH|Western Sahara|Sahara occidental|Westsahara|Sahara Occidentale|Sáhara Occidental
ER|Eritrea|Érythrée
ES|Spain|Espagne|Spanien|Spagna|España
ET|Ethiopia|Éthiopie|Äthiopien|Etiopia|Etiopía
FI|Finland|Finlande|Finnland|Finlandia
FJ|Fiji|Fidji|Fidschi|Figi|Fiyi
FK|Falkland Islands|Îles Malouines|Falklandinseln|Isole Falkland|Islas Malvinas
FM|Micronesia|Micronésie|Mikronesien
FO|Faroe Islands|Îles Féroé|Färöer|Isole Fær Øer|Islas Feroe
FR|France|Frankreich|Francia
GA|Gabon|Gabun|Gabón
GB|United Kingdom|Royaume-Uni|Vereinigtes Königreich|Regno Unito|Reino Unido|Great Britain|UK
GB|U.K.|England|Grande-Bretagne|Angleterre|Großbritannien|Gran Bretagna|Gran Bretaña|Inghilterra
GD|Grenada|Grenade|Granada
GE|Georgia|Géorgie|Georgien
GF|French Guiana|Guyane française|Französisch-Guayana|Guyana Francese|Guayana Francesa
GG|Guernsey|Guernesey
GH|Ghana
GI|Gibraltar|Gibilterra
GL|Greenland|Groenland|Grönland|Groenlandia
GM|Gambia|Gambie
GN|Guinea|Guinée
GP|Guadeloupe|Guadalupa|Guadalupe
GQ|Equatorial Guinea|Guinée équatoriale|Äquatorialguinea|Guinea Equatoriale|Guinea Ecuatorial
GR|Greece|Grèce|Griechenland|Grecia
GS|South Georgia & South Sandwich Islands|Géorgie du Sud-et-les Îles Sandwich du Sud
GS|Südgeorgien und die Südlichen Sandwichinseln|Georgia del Sud e Sandwich Australi
GS|Islas Georgia del Sur y Sandwich del Sur
GT|Guatemala
GU|Guam
GW|Guinea-Bissau|Guinée-Bissau|Guinea-Bisáu
GY|Guyana
HK|Hong Kong|R.A.S. chinoise de Hong Kong|Sonderverwaltungsregion Hongkong|RAE de Hong Kong (China)
HM|Heard & McDonald Islands|Îles Heard-et-MacDonald|Heard und McDonaldinseln
HM|Isole Heard e McDonald|Islas Heard y McDonald
HN|Honduras
HR|Croatia|Croatie|Kroatien|Croazia|Croacia
HT|Haiti|Haïti|Haití
HU|Hungary|Hongrie|Ungarn|Ungheria|Hungría
ID|Indonesia|Indonésie|Indonesien
IE|Ireland|Irlande|Irland|Irlanda
IL|Israel|Israël|Israele
IM|Isle of Man|Île de Man|Isola di Man|Isla de Man
IN|India|Inde|Indien
IO|British Indian Ocean Territory|Territoire britannique de l'océan Indien
IO|Britisches Territorium im Indischen Ozean|Territorio Britannico dell'Oceano Indiano
IO|Territorio Británico del Océano Índico
IQ|Iraq|Irak
IR|Iran|Irán
IS|Iceland|Islande|Island|Islanda|Islandia
IT|Italy|Italie|Italien|Italia
JE|Jersey
JM|Jamaica|Jamaïque|Jamaika|Giamaica
JO|Jordan|Jordanie|Jordanien|Giordania|Jordania
JP|Japan|Japon|Giappone|Japón
KE|Kenya|Kenia
KG|Kyrgyzstan|Kirghizstan|Kirgisistan|Kirghizistan|Kirguistán
KH|Cambodia|Cambodge|Kambodscha|Cambogia|Camboya
KI|Kiribati
KM|Comoros|Comores|Komoren|Comore|Comoras
KN|St. Kitts & Nevis|Saint-Christophe-et-Niévès|St. Kitts und Nevis|Saint Kitts e Nevis
KN|San Cristóbal y Nieves
KP|North Korea|Corée du Nord|Nordkorea|Corea del Nord|Corea del Norte
KR|South Korea|Corée du Sud|Südkorea|Corea del Sud|Corea del Sur|Korea
KW|Kuwait|Koweït
KY|Cayman Islands|Îles Caïmans|Kaimaninseln|Isole Cayman|Islas Caimán
KZ|Kazakhstan|Kasachstan|Kazakistan|Kazajistán
LA|Laos
LB|Lebanon|Liban|Libanon|Libano|Líbano
LC|St. Lucia|Sainte-Lucie|Saint Lucia|Santa Lucía
LI|Liechtenstein
LK|Sri Lanka
LR|Liberia
LS|Lesotho|Lesoto
LT|Lithuania|Lituanie|Litauen|Lituania
LU|Luxembourg|Luxemburg|Lussemburgo|Luxemburgo
LV|Latvia|Lettonie|Lettland|Lettonia|Letonia
LY|Libya|Libye|Libyen|Libia
MA|Morocco|Maroc|Marokko|Marocco|Marruecos
MC|Monaco|Mónaco
MD|Moldova|Moldavie|Republik Moldau|Moldavia
ME|Montenegro|Monténégro
MF|St. Martin|Saint-Martin|Saint Martin|San Martín
MG|Madagascar|Madagaskar
MH|Marshall Islands|Îles Marshall|Marshallinseln|Isole Marshall|Islas Marshall
MK|North Macedonia|Macédoine du Nord|Nordmazedonien|Macedonia del Nord|Macedonia del Norte
MK|Macedonia|Macédoine
ML|Mali
MM|Myanmar (Burma)|Myanmar (Birmanie)|Myanmar|Myanmar (Birmania)|Burma|Birmanie|Birmania
MN|Mongolia|Mongolie|Mongolei
MO|Macao|R.A.S. chinoise de Macao|Sonderverwaltungsregion Macau|RAE de Macao (China)
MP|Northern Mariana Islands|Îles Mariannes du Nord|Nördliche Marianen
MP|Isole Marianne Settentrionali|Islas Marianas del Norte
MQ|Martinique|Martinica
MR|Mauritania|Mauritanie|Mauretanien
MS|Montserrat
MT|Malta|Malte
MU|Mauritius|Maurice|Mauricio
MV|Maldives|Malediven|Maldive|Maldivas
MW|Malawi|Malaui
MX|Mexico|Mexique|Mexiko|Messico|México
MY|Malaysia|Malaisie|Malasia
MZ|Mozambique|Mosambik|Mozambico
NA|Namibia|Namibie
NC|New Caledonia|Nouvelle-Calédonie|Neukaledonien|Nuova Caledonia|Nueva Caledonia
NE|Niger|Níger
NF|Norfolk Island|Île Norfolk|Norfolkinsel|Isola Norfolk|Isla Norfolk
NG|Nigeria
NI|Nicaragua
NL|Netherlands|Pays-Bas|Niederlande|Paesi Bassi|Países Bajos|Holland|Hollande|Holanda|Olanda
NO|Norway|Norvège|Norwegen|Norvegia|Noruega
NP|Nepal|Népal
NR|Nauru
NU|Niue
NZ|New Zealand|Nouvelle-Zélande|Neuseeland|Nuova Zelanda|Nueva Zelanda
OM|Oman|Omán
PA|Panama|Panamá
PE|Peru|Pérou|Perù|Perú
PF|French Polynesia|Polynésie française|Französisch-Polynesien|Polinesia Francese
PF|Polinesia Francesa
PG|Papua New Guinea|Papouasie-Nouvelle-Guinée|Papua-Neuguinea|Papua Nuova Guinea|Papúa Nueva Guinea
PH|Philippines|Philippinen|Filippine|Filipinas
PK|Pakistan|Pakistán
PL|Poland|Pologne|Polen|Polonia
PM|St. Pierre & Miquelon|Saint-Pierre-et-Miquelon|St. Pierre und Miquelon|Saint-Pierre e Miquelon
PM|San Pedro y Miquelón
PN|Pitcairn Islands|Îles Pitcairn|Pitcairninseln|Isole Pitcairn|Islas Pitcairn
PR|Puerto Rico|Porto Rico|Portorico
PS|Palestinian Territories|Territoires palestiniens|Palästinensische Autonomiegebiete
PS|Territori Palestinesi|Territorios Palestinos
PT|Portugal|Portogallo
PW|Palau|Palaos
PY|Paraguay
QA|Qatar|Katar|Catar
RE|Réunion|La Réunion|Riunione|Reunión
RO|Romania|Roumanie|Rumänien|Rumanía
RS|Serbia|Serbie|Serbien
RU|Russia|Russie|Russland|Rusia
RW|Rwanda|Ruanda
SA|Saudi Arabia|Arabie saoudite|Saudi-Arabien|Arabia Saudita|Arabia Saudí
SB|Solomon Islands|Îles Salomon|Salomonen|Isole Salomone|Islas Salomón
SC|Seychelles|Seychellen
SD|Sudan|Soudan|Sudán
SE|Sweden|Suède|Schweden|Svezia|Suecia
SG|Singapore|Singapour|Singapur
SH|St. Helena|Sainte-Hélène|Sant'Elena|Santa Elena
SI|Slovenia|Slovénie|Slowenien|Eslovenia
SJ|Svalbard & Jan Mayen|Svalbard et Jan Mayen|Spitzbergen und Jan Mayen|Svalbard e Jan Mayen
SJ|Svalbard y Jan Mayen
SK|Slovakia|Slovaquie|Slowakei|Slovacchia|Eslovaquia
SL|Sierra Leone|Sierra Leona
SM|San Marino|Saint-Marin
SN|Senegal|Sénégal
SO|Somalia|Somalie
SR|Suriname|Surinam
SS|South Sudan|Soudan du Sud|Südsudan|Sud Sudan|Sudán del Sur
ST|São Tomé & Príncipe|Sao Tomé-et-Principe|São Tomé und Príncipe|São Tomé e Príncipe
ST|Santo Tomé y Príncipe
SV|El Salvador|Salvador
SX|Sint Maarten|Saint-Martin (partie néerlandaise)
SY|Syria|Syrie|Syrien|Siria
SZ|Eswatini|Esuatini
TC|Turks & Caicos Islands|Îles Turques-et-Caïques|Turks- und Caicosinseln|Isole Turks e Caicos
TC|Islas Turcas y Caicos
TD|Chad|Tchad|Tschad|Ciad
TF|French Southern Territories|Terres australes françaises|Französische Süd- und Antarktisgebiete
TF|Terre Australi Francesi|Territorios Australes Franceses
TG|Togo
TH|Thailand|Thaïlande|Thailandia|Tailandia
TJ|Tajikistan|Tadjikistan|Tadschikistan|Tagikistan|Tayikistán
TK|Tokelau
TL|Timor-Leste|Timor oriental|Timor Est
TM|Turkmenistan|Turkménistan|Turkmenistán
TN|Tunisia|Tunisie|Tunesien|Túnez
TO|Tonga
TR|Türkiye|Turquie|Türkei|Turchia|Turquía|Turkey
TT|Trinidad & Tobago|Trinité-et-Tobago|Trinidad und Tobago|Trinidad e Tobago|Trinidad y Tobago
TV|Tuvalu
TW|Taiwan|Taïwan|Taiwán
TZ|Tanzania|Tanzanie|Tansania
UA|Ukraine|Ucraina|Ucrania
UG|Uganda|Ouganda
UM|U.S. Outlying Islands|Îles mineures éloignées des États-Unis|Amerikanische Überseeinseln
UM|Isole Minori Esterne degli Stati Uniti|Islas menores alejadas de EE. UU.
US|United States|États-Unis|Vereinigte Staaten|Stati Uniti|Estados Unidos|USA|U.S.A.
US|United States of America|États-Unis d'Amérique|EE. UU.
UY|Uruguay
UZ|Uzbekistan|Ouzbékistan|Usbekistan|Uzbekistán
VA|Vatican City|État de la Cité du Vatican|Vatikanstadt|Città del Vaticano|Ciudad del Vaticano
VC|St. Vincent & Grenadines|Saint-Vincent-et-les Grenadines|St. Vincent und die Grenadinen
VC|Saint Vincent e Grenadine|San Vicente y las Granadinas
VE|Venezuela
VG|British Virgin Islands|Îles Vierges britanniques|Britische Jungferninseln
VG|Isole Vergini Britanniche|Islas Vírgenes Británicas
VI|U.S. Virgin Islands|Îles Vierges des États-Unis|Amerikanische Jungferninseln
VI|Isole Vergini Americane|Islas Vírgenes de EE. UU.
VN|Vietnam|Viêt Nam|Viet Nam
VU|Vanuatu
WF|Wallis & Futuna|Wallis-et-Futuna|Wallis und Futuna|Wallis e Futuna|Wallis y Futuna
WS|Samoa
XK|Kosovo
YE|Yemen|Yémen|Jemen
YT|Mayotte
ZA|South Africa|Afrique du Sud|Südafrika|Sudafrica|Sudáfrica
ZM|Zambia|Zambie|Sambia
ZW|Zimbabwe|Simbabwe|Zimbabue
"""
_LINES = tuple(line.split("|") for line in _TABLE.splitlines())
CODES = frozenset(line[0] for line in _LINES)
_BY_NAME = {folded(name): line[0] for line in _LINES for name in line[1:]}
_MADE_IN = (
    "made in ", "fabrique en ", "fabrique au ", "fabrique aux ", "hergestellt in ", "prodotto in ",
    "fabricado en ", "hecho en ",
)  # fmt: skip
REMEMBERED_MAX = 1_024
NAME_LENGTH_MAX = 80


@lru_cache(maxsize=REMEMBERED_MAX)
def code_of(text: str) -> str:
    """The ISO code of the country that ``text`` names or is; empty where it is none."""
    bare = text.strip()[:NAME_LENGTH_MAX]
    if bare.upper() in CODES:
        return bare.upper()
    name = folded(bare)
    for opening in _MADE_IN:
        name = name.removeprefix(opening)
    return name.upper() if name.upper() in CODES else _BY_NAME.get(name, "")
