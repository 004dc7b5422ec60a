"""The kinds of order of `injection_rules` in other languages than English: the words each uses for the same few things.

Tuples of regular expressions, case ignored, matched where a clause opens.
"""

from __future__ import annotations

_ASKING_ZH = r"(?:请|現在|现在|你?必须|你要|务必|，|,)*"

OVERRIDES = (
    r"(?:(?:veuillez )?(?:ignore[rz]?|oublie[rz]?)|ne (?:tenez|tiens) (?:pas|aucun) compte|faites abstraction)\b.{0,40}"
    r"\b(?:instructions?|consignes?|règles?|documents?|sources?|textes?|précéd\w+|ci-dessus|tout)\b",
    r"(?:bitte )?(?:ignorier\w*|vergiss|vergesst|vergessen sie|missachte\w*|übergeh\w*)\b.{0,40}"
    r"\b(?:anweisung|instruktion|regel|dokument|quelle|text|obige|vorherige|vorige|alles)",
    r"(?:ignor(?:a|e|en|ad|i|ate)|olvid(?:a|e|en|ad)|esqueça|dimentica\w*|no hagas caso)\b.{0,40}"
    r"\b(?:instruc|istruzion|instruç|regla|regra|regole|document|fuente|fonti|anterior|precedent|todo|tutto)",
    _ASKING_ZH + r"(?:忽略|无视|無視|忘记|忘記|不要?理会|不要管|抛开|忘掉).{0,12}"
    r"(?:指令|指示|文件|文档|内容|提示|规则|要求|限制|上文|以上|之前|资料)",
    r".{0,15}(?:指示|命令|文書|ルール|規則|内容|プロンプト)\S{0,6}(?:無視|忘れ)",
    r".{0,12}(?:지시|명령|문서|지침|규칙)\S{0,3}\s?(?:모두 |전부 )?(?:무시|잊)",
    r"(?:игнорируй|забудь|не обращай внимания)\w*\b.{0,30}\b(?:инструкц|указани|правил|документ|текст|вс[её]\b|выше|про\b)",
)
"""Leave the documents or the rules."""

ROLES = (
    r"(?:vous êtes|tu es) (?:maintenant|désormais)|(?:faites|fais) comme si|imagine[zr]? que (?:vous|tu)\b"
    r"|joue[rz]? le rôle",
    r"(?:du bist|sie sind) (?:jetzt|nun|ab jetzt|ab sofort)\b|tu so,? als\b|stell dir vor,? du\b|spiel\w* die rolle",
    r"(?:ahora eres|eres ahora|a partir de ahora|actúa como|finge que|imagina que eres|ora sei|fai finta|agora você é"
    r"|finja que)\b",
    _ASKING_ZH + r"(?:从现在(?:起|开始)，?)?(?:你(?:现在|从现在起|将)(?:是|扮演)|你?扮演|假装|假设你是)",
    r"(?:あなた|君)は(?:今|これ)から|.{0,12}(?:のふりをし|になりきって)",
    r"(?:너|당신)[는은] (?:이제|지금)|.{0,12}인 척",
    r"(?:ты|вы) (?:теперь|отныне)\b|представь,? что ты\b|притворись|веди себя как\b",
)
"""Be somebody else."""

PROMPTS = (
    r"(?:montre|affiche|révèle|donne|répète|dévoile|imprime|cite)[rz]?\b.{0,25}\b(?:votre|vos|ton|tes)\b.{0,12}"
    r"\b(?:prompt|instructions?|consignes?)",
    r"(?:zeig\w*|gib|nenne?|verrate?|wiederhol\w*|druck\w*)\b.{0,25}\b(?:dein\w*|eure?n?|ihren)\b.{0,12}"
    r"(?:prompt|anweisung|systemnachricht)",
    r"(?:muestra|muéstra|revela|repite|imprime|enséña|mostra|rivela|ripeti)\w*\b.{0,25}\b(?:tus?|i tuoi|il tuo|seu)\b.{0,12}"
    r"\b(?:prompt|instruc|mensaje|istruzion)",
    r".{0,8}(?:显示|告诉|输出|打印|透露|展示|重复|说出|给我).{0,8}(?:你的|系统).{0,4}(?:提示词?|指令|指示|设定)",
    r".{0,12}(?:システム|あなたの)\S{0,4}(?:プロンプト|指示)\S{0,4}(?:表示|教え|見せ|出力)",
    r".{0,12}(?:시스템|너의|당신의)\s?(?:프롬프트|지시)\S{0,4}\s?(?:보여|알려|출력|말해)",
    r"(?:покажи|выведи|раскрой|повтори|напечатай)\w*\b.{0,20}\b(?:сво[йию]\w*|твой|системн\w+)\b.{0,12}"
    r"(?:промпт|инструкц|подсказк)",
)
"""Show the prompt."""

PROMPTS_ANYWHERE = (
    r"(?:votre|vos|ton|tes) (?:prompt|consignes|instructions?) ?(?:syst|initial|cach|secr)\w*",
    r"(?:dein\w*|ihre?m?) (?:system-?)?prompt|(?:tus?) (?:prompt|instrucciones)\b|(?:тво\w+|у тебя) (?:промпт|инструкци)",
    r"(?:.*)(?:你的(?:系统)?(?:提示词|指令|设定)|システムプロンプト|시스템 ?프롬프트)",
)
"""The prompt of whoever is spoken to, wherever a question names it."""

DICTATED = (
    r"répond(?:s|ez|re)? (?:toujours|par [«\"\d]|[«\"\d])|(?:dis|dites) (?:toujours|[«\"\d])|quoi qu['’]on (?:te"
    r"|vous) demande",
    r"(?:antworte[nt]?|sage?n?)(?: sie)? (?:immer|stets|mit [„“\"\d]|nur mit [„“\"\d]|[„“\"\d])|(?:egal"
    r"|ganz gleich),? was\b.{0,20}\b(?:ge)?fragt",
    r"(?:responde|contesta|di|rispondi|responda)\b (?:siempre|sempre|con [«\"\d]|[«\"\d])",
    _ASKING_ZH + r"(?:总是|永远|一律|始终|都)?(?:只能|必须|总是|永远|一律|始终)(?:回答|说|输出|回复)",
    _ASKING_ZH + r"(?:无论|不管|不論).{0,12}(?:问|問|说).{0,10}(?:回答|说|回复|输出)",
    r".{0,10}(?:必ず|常に).{0,12}(?:答え|回答)|.{0,30}と(?:だけ)?(?:答えて|回答して|言って)(?:ください|。|$)",
    r".{0,20}(?:항상|무조건|언제나).{0,15}(?:답|대답|말)하|.{0,30}라고만? (?:답|대답|말)하",
    r"(?:всегда|только) (?:отвечай|говори|пиши)|отвечай\w* (?:всегда|только|[«\"\d])|что бы (?:ни|тебя ни) спросили",
)
"""Say this, whatever the documents say."""

IN_DOCUMENTS = (
    r"(?:note|remarque|message|avis|attention)s? (?:à|pour|aux?)\b.{0,12}\b(?:IA|assistants?|modèles? de langage"
    r"|chatbots?)\b",
    r"(?:hinweis|anmerkung|nachricht|anweisung|achtung)e?n? (?:an|für)\b.{0,12}\b(?:KI|assistent|sprachmodell|chatbot)",
    r"(?:nota|mensaje|aviso|messaggio|avviso) (?:para|a|per|all)\b.{0,12}\b(?:IA|asistente|assistente|modelos? de lengua"
    r"|chatbot)",
    r"(?:系统|系統)(?:提示|指令|消息)\s*[:：]|(?:给|致|对).{0,4}(?:AI|人工智能|模型|助手|机器人).{0,6}[:：]",
    r"(?:AI|アシスタント|言語モデル)(?:へ|に対)",
    r"(?:AI|인공지능|어시스턴트|언어 모델)(?:에게|님께)",
    r"(?:примечание|указание|сообщение) для (?:ИИ|ассистент|модел|нейросет|бот)",
)
"""What in a document speaks to a machine."""
