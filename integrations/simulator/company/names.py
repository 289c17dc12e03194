"""The people, partners and goods of Meridian Components; all invented."""

from dataclasses import dataclass

COMPANY = "Meridian Components"


@dataclass(frozen=True, slots=True)
class Site:
    name: str
    code: str
    zone: str
    country: str
    city: str
    calendar: str
    utc_hours: int
    """Roughly how far its working day lies ahead of UTC."""


SITES = (
    Site("Rotterdam", "RTM", "Europe/Amsterdam", "NL", "Rotterdam", "Rotterdam 40 hours", 1),
    Site("Chicago", "CHI", "America/Chicago", "US", "Chicago", "Chicago 40 hours", -6),
    Site("Pune", "PNQ", "Asia/Kolkata", "IN", "Pune", "Pune 48 hours", 5),
)
COUNTRIES = (
    ("Netherlands", "NL"), ("United States", "US"), ("India", "IN"), ("Germany", "DE"),
    ("France", "FR"), ("Italy", "IT"), ("Poland", "PL"), ("China", "CN"), ("Japan", "JP"),
    ("United Kingdom", "GB"), ("Mexico", "MX"), ("Sweden", "SE"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Supplier:
    name: str
    country: str
    lateness: float
    """Share of its receipts that come after the promised date."""


SUPPLIERS = (
    Supplier("Nordhaven Bearings", "SE", 0.06), Supplier("Kestrel Precision", "GB", 0.05),
    Supplier("Baltic Castings", "PL", 0.22), Supplier("Yongan Fasteners", "CN", 0.18),
    Supplier("Tamura Sensors", "JP", 0.03), Supplier("Ostwald Hydraulik", "DE", 0.07),
    Supplier("Ferrante Guarnizioni", "IT", 0.15), Supplier("Prairie Steel & Wire", "US", 0.10),
    Supplier("Deccan Forgings", "IN", 0.16), Supplier("Lakeshore Plastics", "US", 0.09),
    Supplier("Veldkamp Elektro", "NL", 0.04), Supplier("Sierra Conectores", "MX", 0.20),
    Supplier("Maritsa Rubber", "PL", 0.12), Supplier("Hollis Drive Systems", "US", 0.08),
    Supplier("Shreeji Polymers", "IN", 0.13), Supplier("Brunner Federn", "DE", 0.05),
    Supplier("Atelier Roulis", "FR", 0.11), Supplier("Jiaxin Motors", "CN", 0.24),
    Supplier("Copperline Harness", "GB", 0.09), Supplier("Sahyadri Castalloy", "IN", 0.17),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Customer:
    name: str
    country: str
    tier: str


CUSTOMERS = (
    Customer("Aldermoor Medical", "GB", "A"), Customer("Halvorsen Marine", "SE", "A"),
    Customer("Great Lakes Packaging", "US", "A"), Customer("Vindhya Agro Machines", "IN", "A"),
    Customer("Kranenburg Lifts", "NL", "A"), Customer("Rheintal Robotik", "DE", "A"),
    Customer("Harbor Cold Chain", "US", "A"), Customer("Bluestem Tractors", "US", "B"),
    Customer("Delft Water Systems", "NL", "B"), Customer("Pioneer Elevators", "IN", "B"),
    Customer("Solane Energie", "FR", "B"), Customer("Torrente Imballaggi", "IT", "B"),
    Customer("Wisla Rail Works", "PL", "B"), Customer("Mahavir Pumps", "IN", "B"),
    Customer("Ironwood Conveyors", "US", "B"), Customer("Quayside Cranes", "GB", "B"),
    Customer("Lindqvist Paper", "SE", "B"), Customer("Monterrey Bottling", "MX", "B"),
    Customer("Cedar Ridge Dairy", "US", "C"), Customer("Noordzee Bakery Machines", "NL", "C"),
    Customer("Konkan Boats", "IN", "C"), Customer("Ardenne Textiles", "FR", "C"),
    Customer("Schwarzbach Orgelbau", "DE", "C"), Customer("Two Rivers Millwork", "US", "C"),
    Customer("Palazzo Espresso", "IT", "C"), Customer("Gdynia Shipfitters", "PL", "C"),
    Customer("Nagpur Signals", "IN", "C"), Customer("Thornbury Clocks", "GB", "C"),
    Customer("Sunbelt Irrigation", "US", "C"), Customer("Zaanse Molens", "NL", "C"),
)  # fmt: skip
CARRIERS = (
    ("Northline Freight", "Northline Standard"), ("Polder Express", "Polder Next Day"),
    ("Midway Parcel", "Midway Ground"), ("Sahara Air Cargo", "Sahara Air Priority"),
    ("Ghats Roadways", "Ghats Surface"), ("Atlantic Consol", "Atlantic Groupage"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Employee:
    name: str
    login: str
    role: str
    site: str
    """Warehouse code; empty when they look after all sites."""


EMPLOYEES = (
    Employee("Femke de Wit", "femke.dewit", "buyer", "RTM"),
    Employee("Joris Bakker", "joris.bakker", "lead", "RTM"),
    Employee("Sanne Visser", "sanne.visser", "service", "RTM"),
    Employee("Ray Kowalski", "ray.kowalski", "buyer", "CHI"),
    Employee("Denise Carter", "denise.carter", "lead", "CHI"),
    Employee("Luis Ortega", "luis.ortega", "service", "CHI"),
    Employee("Anjali Kulkarni", "anjali.kulkarni", "buyer", "PNQ"),
    Employee("Rohan Deshpande", "rohan.deshpande", "lead", "PNQ"),
    Employee("Meera Joshi", "meera.joshi", "service", "PNQ"),
    Employee("Ingrid Lund", "ingrid.lund", "buyer", ""),
)
CATEGORIES: dict[str, tuple[str, tuple[str, ...], float, float]] = {
    "Bearings": ("BRG", ("Deep groove bearing 6204", "Angular contact bearing 7206",
        "Needle bearing HK2020", "Thrust bearing 51108", "Pillow block UCP207"), 6.0, 95.0),
    "Hydraulics": ("HYD", ("Gear pump GP-12", "Directional valve DV-6", "Cylinder HC-40",
        "Hose kit 3/8 in", "Accumulator 1 l"), 35.0, 890.0),
    "Seals": ("SEL", ("Shaft seal 30x47", "O-ring set NBR", "Wiper ring 50", "Gasket sheet 2 mm",
        "Piston seal 63"), 1.5, 28.0),
    "Sensors": ("SNS", ("Inductive sensor M12", "Pressure transmitter 0-10 bar",
        "Encoder 1024", "Temperature probe PT100", "Light barrier 4 m"), 22.0, 340.0),
    "Drives": ("DRV", ("Servo motor 750 W", "Frequency inverter 2.2 kW", "Gearbox i=20",
        "Brake unit 24 V", "Linear actuator 300"), 120.0, 1480.0),
    "Fasteners": ("FST", ("Hex bolt M8x40 (100)", "Lock nut M8 (100)", "Washer M8 (200)",
        "Threaded rod M10", "Anchor bolt M12 (20)"), 2.0, 24.0),
    "Electrical": ("ELE", ("Contactor 18 A", "Terminal block 2.5 (50)", "Cable harness H4",
        "Power supply 24 V 10 A", "Emergency stop kit"), 8.0, 210.0),
    "Castings": ("CST", ("Pump housing PH-3", "Bracket cast B-17", "Pulley 180", "Flange DN50",
        "Gear blank 42T"), 18.0, 260.0),
}  # fmt: skip
VARIANTS = ("A", "B", "C", "HD", "SX")
COUNTED_LOCATIONS = ("Stock", "Shelf A", "Shelf B")
