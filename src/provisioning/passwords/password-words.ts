import { compactFold } from './password-forms.ts';

/**
 * Words that passwords are made of wherever people have to think of one: "password" itself, secret, welcome, hello,
 * love, the seasons, in the languages of the pages and Russian. With a year, or doubled, none is a password. In the
 * form of `compactFold`, the longest first.
 */
export const passwordWords: readonly string[] = `
password passcode passphrase secret welcome hello princess sunshine iloveyou spring summer autumn winter football
mypassword mysecret monkey dragon letmein
passwort kennwort geheim geheimnis meinpasswort meinkennwort willkommen hallo liebe schatz schatzi
ichliebedich frühling sommer herbst winter sonnenschein fussball
motdepasse monmotdepasse bienvenue bonjour secret amour jetaime chouchou doudou printemps été automne hiver soleil
contraseña micontraseña clave secreto bienvenido hola teamo amor tequiero primavera verano otoño invierno estrella
parola parolachiave parolaordine segreto benvenuto ciao amore amoremio tiamo primavera estate autunno inverno
wachtwoord mijnwachtwoord geheim welkom hallo liefde schatje ikhouvanjou lente zomer herfst voetbal
hasło mojehasło tajne sekret witaj witamy cześć kocham miłość kochamcię wiosna lato jesień zima polska
senha minhasenha palavrapasse palavrachave segredo bemvindo olá amor teamo euteamo primavera verão outono inverno
пароль мойпароль секрет привет любовь люблю ялюблютебя солнышко добропожаловать весна лето осень зима россия
パスワード ぱすわーど ひみつ 秘密 ようこそ こんにちは 愛してる あいしてる さくら 暗証番号
密码 密碼 我的密码 口令 秘密 欢迎 你好 我爱你 春天 夏天 秋天 冬天
كلمةالسر كلمةالمرور السر مرحبا اهلاوسهلا حبيبي احبك الربيع الصيف الخريف الشتاء
סיסמה סיסמא הסיסמהשלי סודי ברוךהבא שלום אהבה אניאוהבאותך אביב קיץ סתיו חורף
mima mimamima woaini pasuwado himitsu aishiteru parol moyparol privet lubov kalimatalsir sisma
`
  .trim()
  .split(/\s+/)
  .map(compactFold)
  .sort((one, other) => other.length - one.length);
