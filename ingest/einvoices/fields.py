"""Every field of an e-invoice that the hub knows: those it uses and those it passes over on purpose.

Source: QĐ 1450/QĐ-TCT and QĐ 1510/QĐ-TCT, all kinds of invoice together (`einvoice_fields.json`); what real
files add, standards §1.6; the tax portal's rows, standards §1.4; the shop and the place of business of a
seller and the list of many related invoices, QĐ 1271/QĐ-CT of 2025 and QĐ 1233/QĐ-CT of 2026.
"""

ONCE, OFTEN = False, True


def _once(names: str) -> dict[str, bool]:
    return dict.fromkeys(names.split(), ONCE)


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


INVOICE = _once("DLHDon DLQRCode MCCQT") | {"DSCKS": OFTEN}
"""A second, empty `DSCKS` is seen in real files."""

DATA = _once("TTChung NDHDon") | {"TTKhac": OFTEN}
GENERAL = _once(
    "PBan THDon KHMSHDon KHHDon SHDon MHSo NLap SBKe NBKe DVTTe TGia HTTToan MSTTCGP MSTDVNUNLHDon"
    " TDVNUNLHDon DCDVNUNLHDon TTHDLQuan HDDCKPTQuan HDNTGia HDCTTChinh"
) | {"TTKhac": OFTEN}
CONTENT = _once("NBan NMua DSHHDVu TToan") | {"TTKhac": OFTEN}
SELLER = _once(
    "Ten MST DChi SDThoai DCTDTu STKNHang TNHang Fax Website MDVQHNSach SQDinh NQDinh CQBHQDinh HTBan HDKTSo"
    " HDKTNgay LDDNBo HDSo HVTNXHang TNVChuyen PTVChuyen MCHang TCHang DCCHang MDDKDoanh TDDKDoanh"
    " DCDDKDoanh"
) | {"TTKhac": OFTEN}
RELATED = _once(
    "TCHDon MSTCLQuan LHDCLQuan KHMSHDCLQuan KHHDCLQuan SHDCLQuan NLHDCLQuan LDDCTThe GChu SBKCLQuan"
    " NBKCLQuan"
)
LINES = {"HHDVu": OFTEN}
LINE = _once(
    "TChat STT MHHDVu THHDVu DVTinh SLuong DGia TLCKhau STCKhau ThTien TSuat TThue ThTCThue TTHHDTrung"
) | {"TTKhac": OFTEN}
"""`TThue` and `ThTCThue` belong to the totals, but real files carry them per line."""

TOTALS = _once("THTTLTSuat TgTCThue TgTThue TGTKCThue DSLPhi TTCKTMai TGTKhac TgTTTBSo TgTTTBChu") | {
    "TTKhac": OFTEN
}
FEES = {"LPhi": OFTEN}
FEE = _once("TLPhi TPhi")

ROW = _once(
    "STT KHMSHDon KHHDon SHDon NLap TNMua MSTNMua MKHang MHHoa THHDVu DVTinh SLuong TTCThue TSuat TgTThue"
    " TTPhi TGTKhac TgTTToan TThai LHDCLQuan KHMSHDCLQuan KHHDCLQuan SHDCLQuan LKDLDChinh KDLDChinh STBao"
    " NTBao GChu TGia"
) | {"TTKhac": OFTEN}
"""A row of a summary table; the buyer in it is passed over."""

TABLE = ("MST", "KDLieu", "LDau", "BSLThu", "NLap", "LHHoa", "DVTTe")
"""What the general part of a summary table says for all its rows."""

NOTICED = _once(
    "STT MCQTCap MCCQT KHMSHDon KHHDon SHDon Ngay NLap LADHDDT TCTBao LDo TTTNCCQT DSLDKTNhan"
) | {"TTKhac": OFTEN}
"""An invoice in a notice of errors, or in the answer to one; the reasons in words are passed over."""

NOTICE = ("MST",)
"""What a notice says for all its invoices."""

LISTED = _names(
    "nbmst khmshdon khhdon shdon tdlap cqt tthai ttxly tgtcthue tgtthue tgtttbso tgtphi tgtkhac dvtte tgia"
    " khmshdgoc khhdgoc shdgoc ncnhat nbdchi"
)
"""What the hub uses of a row of the portal."""

PASSED_OVER = _names("""
    bhpcbo bhphap bhpldo bhpngay bltphi chma chten cnhan cqtcks cttkhac dcdvnunlhdon dknlbke dksbke
    dlhquan dlnhtmai gchdgoc gchu hdcttchinh hddunlap hdgktkhthue hdhhdvu hdntgia hdon hdonLquans
    hdtbssrses hdTrung hdxkhau hdxkptquan hsgcma hsgoc hthdon htttoan id idtbao idtbhgthdon
    idtbhgtrinh isHDTrung khdon kqcht kqchtmloi ktkhthue ladhddt ladhddtten lhdgoc mhdon mhso mkhang
    mstdvnunlhdon msttcgp mtdiep mtdtchieu mtthdtbssrs nbcks nbcqcqdinh nbdctdtu nbfax
    nbhdktngay nbhdktso nbhdso nbhtban nblddnbo nbmdvqhnsach nbncqdinh nbptvchuyen nbsdthoai
    nbsqdinh nbstkhoan nbten nbtnban nbtnhang nbtnvchuyen nbttkhac nbwebsite ncma ngcnhat nky nmcccd
    nmcks nmcmnd nmdchi nmdctdtu nmddvchden nmhvtnmhang nmloai nmmdvqhnsach nmmst nmnchchieu
    nmnhhhchieu nmqtich nmsdthoai nmshchieu nmstkhoan nmstttoan nmten nmtgvchdden nmtgvchdtu
    nmtnhang nmtnmua nmttkhac nmttttoan ntao ntnhan pban pdndungs ptgui qrcode tbhgtngay tchat
    tcsvhdChinh tdlhdgoc tdvnunlhdon tentvandnkntt tghdmman tghdmmldo tgtkcthue tgtttbchu thdon
    thlap thttlphi thttltsuat thtttoan tlhdon ttcktmai tthdclquan ttkhac ttmstten tttbao ttttkhac
    tvandnkntt unhiem
""")
"""What it passes over: names, addresses, accounts, signatures, lines and the portal's own keys."""
