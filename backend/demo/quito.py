"""Where the demo company's customers are, and what shops and people there are called.

Coordinates are of real sectors.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """One collector's part of the city, with its outline as GeoJSON positions (RFC 7946: longitude first)."""

    code: str
    name: str
    collector: str
    south: float
    north: float

    def polygon(self) -> dict[str, object]:
        west, east = -78.62, -78.36
        corners = [
            (west, self.south),
            (east, self.south),
            (east, self.north),
            (west, self.north),
            (west, self.south),
        ]
        return {"type": "Polygon", "coordinates": [[list(corner) for corner in corners]]}


ZONES = (
    Zone(code="norte", name="Norte", collector="ana", south=-0.198, north=-0.05),
    Zone(code="centro", name="Centro", collector="bruno", south=-0.236, north=-0.198),
    Zone(code="sur", name="Sur", collector="carla", south=-0.38, north=-0.236),
)

SECTORS: dict[str, tuple[tuple[str, float, float], ...]] = {
    "norte": (
        ("Iñaquito", -0.1765, -78.4850),
        ("La Carolina", -0.1850, -78.4840),
        ("Cotocollao", -0.1130, -78.4960),
        ("Carcelén", -0.0910, -78.4730),
        ("El Condado", -0.1040, -78.5010),
        ("La Kennedy", -0.1400, -78.4780),
        ("El Inca", -0.1550, -78.4750),
        ("Ponceano", -0.1080, -78.4870),
        ("Comité del Pueblo", -0.1230, -78.4650),
        ("Calderón", -0.0980, -78.4250),
    ),
    "centro": (
        ("La Mariscal", -0.2050, -78.4910),
        ("San Juan", -0.2130, -78.5130),
        ("Centro Histórico", -0.2200, -78.5120),
        ("La Tola", -0.2220, -78.5030),
        ("El Dorado", -0.2180, -78.4970),
        ("La Floresta", -0.2090, -78.4810),
        ("San Blas", -0.2170, -78.5060),
        ("La Vicentina", -0.2110, -78.4760),
    ),
    "sur": (
        ("Villaflora", -0.2450, -78.5190),
        ("La Magdalena", -0.2440, -78.5260),
        ("El Recreo", -0.2520, -78.5210),
        ("San Bartolo", -0.2590, -78.5300),
        ("Solanda", -0.2670, -78.5380),
        ("Chillogallo", -0.2790, -78.5570),
        ("Quitumbe", -0.2960, -78.5520),
        ("Turubamba", -0.3120, -78.5400),
        ("Guamaní", -0.3300, -78.5520),
    ),
}
"""Sectors by zone.

Name, latitude, longitude. A customer is within 250 m of one, on its zone's side of the border.
"""

STREETS = (
    "Av. 6 de Diciembre",
    "Av. 10 de Agosto",
    "Av. de la Prensa",
    "Av. América",
    "Av. Mariscal Sucre",
    "Calle Guayaquil",
    "Av. Pedro Vicente Maldonado",
    "Calle Venezuela",
    "Av. Eloy Alfaro",
    "Calle Sucre",
    "Av. Occidental",
    "Calle Ambato",
    "Av. Teniente Hugo Ortiz",
    "Calle Rocafuerte",
    "Av. La Florida",
    "Calle Manabí",
)

FIRST_NAMES = (
    "María",
    "Rosa",
    "Carmen",
    "Luz",
    "Blanca",
    "Mercedes",
    "Gloria",
    "Elena",
    "Patricia",
    "Verónica",
    "José",
    "Luis",
    "Carlos",
    "Manuel",
    "Jorge",
    "Segundo",
    "Ángel",
    "Víctor",
    "Marco",
    "Wilson",
)
SURNAMES = (
    "Quishpe",
    "Guamán",
    "Toapanta",
    "Chicaiza",
    "Andrade",
    "Benítez",
    "Cevallos",
    "Espinoza",
    "Flores",
    "Guerrero",
    "Herrera",
    "Iza",
    "Jaramillo",
    "Lema",
    "Maldonado",
    "Naranjo",
    "Ortiz",
    "Pilataxi",
    "Quinga",
    "Ramos",
    "Salazar",
    "Tipán",
    "Usiña",
    "Vásquez",
    "Yánez",
    "Zambrano",
    "Caiza",
    "Morocho",
)
SHOPS = (
    "Tienda",
    "Víveres",
    "Minimarket",
    "Panadería",
    "Farmacia",
    "Ferretería",
    "Papelería",
    "Micromercado",
    "Bazar",
    "Restaurante",
    "Licorería",
    "Frigorífico",
)
SHOP_NAMES = (
    "El Vecino",
    "La Economía",
    "San José",
    "Santa Marianita",
    "El Buen Precio",
    "La Esquina",
    "Don Lucho",
    "Doña Rosita",
    "El Ahorro",
    "La Merced",
    "San Francisco",
    "El Triunfo",
    "Los Andes",
    "La Favorita del Barrio",
    "El Sol",
    "Virgen del Cisne",
    "La Canasta",
    "El Porvenir",
    "Jesús del Gran Poder",
    "La Despensa",
)
COMPANY_NAMES = (
    "Comercial Los Andes",
    "Distribuidora Pichincha",
    "Abarrotes del Norte",
    "Importadora Cotopaxi",
    "Mercantil Quitumbe",
    "Almacenes El Panecillo",
    "Proveedora Capital",
    "Autoservicios Cayambe",
    "Comercial Antisana",
    "Víveres Rumiñahui",
)
OBSERVATIONS = (
    "Atiende de 9:00 a 13:00.",
    "Paga los viernes.",
    "Preguntar por la dueña.",
    "Entregar copia del recibo al contador.",
    "Pide llamar antes de ir.",
    "",
    "",
    "",
    "",
    "",
)
