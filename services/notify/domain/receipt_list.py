"""The 1,024 words of receipts: a list of our own making.

Syllables as Vietnamese spells them, without marks: 16 onsets, of which no two are one sound in some dialect (s but not
x, ch but not tr, d but neither gi nor r, l but not n), times the commonest rimes, less what is vulgar or frightening.
Written without marks they are all different, so it does not matter with which tones somebody writes them down.
"""

from typing import Final

_LIST: Final = """
ba bac bach bai ban bang banh bao bap bat bau bay be bec bech bem ben beo bet beu bi bich biec biem bien bieng
biep biet bieu bim bin binh bip bit biu bo boa boai boan boang boat boc boe boi bom bon bong bot bua buan buat
buc bum bun bung buoc buom buon buong buot bup buu buy buyen ca cach cam can cang canh cao cat cau cay cha chac
chach chai cham chan chang chanh chao chap chat chau chay che chec chech chem chen cheo cheu chi chich chiem
chien chieng chiep chiet chieu chin chinh chip chit chiu choa choai choan choang choc choe chom chon chong chop
chot chu chua chuan chuc chum chun chung chuoc chuoi chuom chuon chuong chuot chup chut chuu chuy chuyen co coa
coai coan coang coat coc coe coi com cong cop cot cua cuan cuat cuc cui cum cun cung cuoc cuoi cuom cuon cuong
cuot cup cuu cuy cuyen da dac dach dan dang danh dao dat day de dec dech dem den det deu di diec diem dieng diep
diet dieu dim din dinh dip diu do doa doai doan doang doat doc doe doi dom don dong dop dot dua duan duat dun
dung duoc duoi duom duon duong duot dup duu duy duyen ga gac gach gai gam gan gang ganh gao gap gat gau gay ghe
ghec ghech ghem ghen gheo ghet gheu ghi ghich ghiem ghien ghieng ghiep ghiet ghieu ghim ghin ghinh ghip ghit
ghiu go goa goai goan goang goat goc goe goi gom gon gong gop got gu gua guan guat guc gui gum gun gung guoc
guoi guom guon guong guot gup gut guu guy guyen ha hac hach hai ham han hanh hao hap hat hau hay he hec hech hem
hen het heu hi hich hiem hien hieng hiet hieu him hin hinh hip hit hiu ho hoa hoai hoan hoang hoat hoc hoe hom
hon hong hop hot hu hua huan huat huc hui hum hun hung huoc huoi huom huon huong huot hup huu huy huyen ke kec
kech kem ken keo ket keu kha khac khach khai kham khan khang khanh khao khap khat khau khay khe khec khech khem
khen kheo khet kheu khi khich khiem khien khieng khiep khiet khieu khim khin khinh khip khit khiu kho khoa khoai
khoan khoang khoc khoe khoi khom khon khong khop khot khu khua khuan khuc khui khum khun khuoc khuoi khuom khuon
khuong khuot khup khut khuu khuy khuyen ki kich kiec kiem kien kieng kiep kiet kieu kim kin kinh kip kit kiu la
lac lach lai lam lan lang lanh lao lap lat lau lay le lec lech lem len leo let leu li lich liec lien lieng liep
liet lieu lim lin linh lip lit liu loa loai loan loang loat loc loe lom long lop lot lu lua luan luat luc lui
lum lun lung luoc luoi luom luon luong luot lup luu luy luyen mac mach mai mam man mang manh mao map mau may me
mec mech mem men meo met meu mi mich miec miem mien mieng miep miet mieu mim min minh mip mit miu mo moa moai
moan moang moat moc moe moi mom mon mong mop mot mu mua muan muat muc mui mum mun mung muoc muoi muom muon muong
muot mup mut muu muy muyen nga ngac ngach ngai ngam ngan ngang nganh ngao ngap ngat ngau ngay nghe nghech nghem
nghen ngheo nghet ngheu nghi nghich nghiem nghiet nghieu nghim nghin nghinh nghip nghit nghiu ngo ngoa ngoai
ngoan ngoang ngoe ngoi ngom ngon ngong ngop ngot ngua nguan nguc ngui ngum ngun ngung nguoc nguoi nguom nguon
nguong nguot ngup ngut nguu nguy nguyen nha nhac nhach nhai nham nhan nhang nhanh nhao nhap nhat nhau nhay nhe
nhec nhech nhem nhen nheo nhet nheu nhi nhich nhiem nhien nhieng nhiep nhiet nhieu nhim nhin nhinh nhip nhit
nhiu nho nhoa nhoai nhoan nhoang nhoc nhoe nhoi nhom nhon nhong nhop nhot nhu nhua nhuan nhuc nhui nhum nhun
nhung nhuoc nhuoi nhuom nhuon nhuong nhuot nhup nhut nhuu nhuy nhuyen phac phach phai pham phan phang phanh phao
phap phau phay phec phech phem phen pheo phet pheu phi phich phiem phien phieng phiep phiet phieu phim phin
phinh phip phit phiu pho phoa phoai phoan phoang phoc phoe phoi phom phon phong phop phot phu phua phuan phuc
phui phum phun phung phuoc phuoi phuom phuon phuong phuot phup phut phuu phuy phuyen sa sac sach sai sam san
sang sanh sao sap sau se sec sech sem sen seo set seu si sich siec siem sien sieng siep siet sieu sim sin sinh
sip sit siu so soa soai soan soang soat soc soe soi som son song sop sot su sua suan suc sui sum sun sung suoc
suoi suom suon suong suot sup suu suy suyen ta tac tach tai tam tan tang tanh tao tap tat tau tay te tec tech
tem ten teo tet teu tha thac thach thai than thang thanh thao thap that thau thay the thech them then theo thet
theu thi thich thiem thieng thiep thiet thieu thim thin thinh thip thit thiu tho thoa thoai thoan thoang thoc
thoi thom thon thong thop thot thua thuan thuc thui thum thun thung thuoi thuom thuon thuong thuot thup thuu
thuy thuyen ti tich tiem tien tieng tiep tieu tim tin tip tit tiu to toa toai toan toang toc toe tom ton tong
top tot tua tuan tuc tui tum tun tung tuoc tuoi tuom tuon tuong tuot tup tuu tuy tuyen va vac vach vai vam van
vang vanh vao vap vat vau vay ve vec vech vem ven veo vet veu vi vich viem vien vieng viep viet vieu vim vin
vinh vip vit viu vo voa voai voan voang voc voe voi vom von vong vop vot vua vuan vuc vui vum vun vung vuoc vuoi
vuom vuon vuong vuot vup vuu vuy vuyen
"""
WORDS: Final = tuple(_LIST.split())
