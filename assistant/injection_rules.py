"""The phrases by which an order to the assistant is known; `injection` says what is done with it.

Each tuple is one kind of order, as regular expressions, case ignored. They name what is ordered about (the documents, the
prompt, the role, the form of the reply), so that "List the rules of the plan" or "Answer in kilograms" is none.
"""

from __future__ import annotations

import re

from assistant import injection_languages as languages

_SOURCES = r"(?:documents?|files?|sources?|passages?|context|texts?|citations?)"
_RULES = r"(?:instructions?|prompts?|rules?|guidelines?|directions?|directives?|restrictions?|safeguards?|filters?)"
_CHECKS = rf"(?:citations?|(?:source )?checks?|verification|safety|{_RULES})"
_EACH = r"(?:all|any|every|the|your|these|those|my|its|of|other|and|or|system|safety|previous|prior|earlier|preceding|above)"
_IGNORE = (
    r"(?:ignore|disregard|forget(?: about)?|override|bypass|discard|set aside|pay no attention to"
    r"|(?:do not|don't) (?:follow|obey|use)|stop (?:following|using))"
)
_SHOW = (
    r"(?:print|reveal|show|repeat|output|display|disclose|leak|dump|tell|give|write|recite|quote|copy|expose"
    r"|translate|summari[sz]e|encode|describe|explain|paraphrase|read)(?: out| me| us)?"
)
_HIDDEN = r"(?:system|hidden|secret|initial|internal|original|developer)"
_PROMPT = r"(?:prompts?|instructions?|messages?)"
_REPLY = r"(?:repl(?:y|ies)|answers?|responses?|messages?|output|sentences?)"
_ANSWER = r"(?:answer|reply|respond)"
_MACHINE = (
    r"(?:AI(?: (?:assistant|model|system|agent)s?)?|LLMs?|(?:large )?language models?|chat ?bots?|assistant|GPT|Quarry)"
)
_FREE = r"(?:unrestricted|uncensored|evil|jailbroken)"

OVERRIDES = (
    rf"{_IGNORE} (?:{_EACH} )*(?:(?:{_SOURCES}|{_RULES}|above|previous)\b|what (?:you|was|is|the)\b|who you are\b)",
    rf"{_IGNORE} (?:everything|anything|all)\b",
    rf"(?:do not|don't|never) (?:cite\b|(?:mention|name|show|give) (?:the |your |any |its )*(?:{_SOURCES})\b)",
    r"(?:system )?override ?:",
    rf"(?:(?:answer|reply|respond|work|go on) without|(?:do not|don't|never) (?:look (?:at|in|into)|use|read|consult"
    rf"|rely on|check))"
    rf" (?:using |looking at |citing |any |the |your |these |those )*{_SOURCES}\b",
    r"(?:use|answer from|rely on) (?:only )?your (?:own |general |prior |training )*(?:knowledge|memory|training"
    r"|imagination)\b",
    rf"your (?:{_EACH} )*(?:{_RULES}|tasks?|goals?) (?:is|are|was|were|has been|have been) (?:now )?"
    r"(?:void|cancel|suspend|lift|revok|outdated|obsolete|replac)",
    *languages.OVERRIDES,
)
"""Leave the documents or the rules."""

ROLES = (
    r"you are now (?:an? |the |in |free|un|DAN\b|\w*bot\b)",
    rf"from (?:now|here|this \w+) on,? (?:you|act|speak|{_ANSWER})\b",
    r"(?:act|behave|speak|talk) (?:as if you\b|as though you\b|like (?:it|one|you)\b"
    r"|(?:like|as) an? (?!list|table|group|team))",
    rf"(?:you are (?:\w+, )?an? (?:AI|{_FREE})|as an? {_FREE})\b",
    rf"{_MACHINE}, you (?:have|are|need|no longer|must|will|should)\b",
    rf"(?:{_ANSWER}|speak|talk|write) (?:as if you\b|as though you\b|like )",
    r"be (?:an?|my) \w+\W*$|you(?: are|'re) my\b|let(?:'s| us) (?:imagine|pretend)\b",
    rf"(?:{_ANSWER}|speak|talk|write) (?:in|with) the (?:voice|style|tone|persona) of\b",
    r"(?:let's )?role-?play\b",
    r"pretend (?:that )?(?:you|to be|it|they|(?:\w+ )?(?:documents?|sources?|files?|texts?))\b",
    r"(?:enter|enable|activate|switch (?:in)?to) (?:the )?"
    r"(?:developer|debug|admin|god|jailbreak|DAN|maintenance|unrestricted|unfiltered|uncensored) mode",
    r"(?:imagine|suppose|assume|picture) (?:that )?you (?:are|were|have no|had no|know no|do not|don't)\b",
    r"(?:let's play\b.{0,30}[:,] |(?:for|in) this (?:story|game|scene|exercise|play),? )?you (?:play|are playing"
    r"|act as) (?:an?|the)\b"
    r"(?=.{0,40}\b(?:who|whose|that|which|with no)\b)",
    r"let's play\b.{0,30}[:,] you (?:are|will|play)\b|you no longer (?:need|have) to (?:follow|obey|cite)\b",
    r"(?:stay|remain|keep) in character\b|stop (?:being|acting as) |your new (?:persona|identity)\b",
    rf"as (?:the|an?|your) (?:developers?|creators?|makers?|owners?|admin\w*|operators?) of (?:this|the|your) {_MACHINE}",
    r"your (?:creators?|developers?|makers?|programmers?) (?:want|order|ask|instruct|require|allow|authori[sz]e)",
    *languages.ROLES,
)
"""Be somebody else."""

PROMPTS = (
    rf"{_SHOW}\b.{{0,40}}\b(?:your|the|all) (?:{_HIDDEN} )+{_PROMPT}\b",
    rf"{_SHOW} (?:all )?(?:the \w+ of )?your (?:\w+ )?"
    r"(?:prompts?|instructions|rules|guidelines|configuration|initiali[sz]ation)\b",
    rf"{_SHOW} (?:the |all )?(?:prompts?|instructions|rules) you (?:were|are|have|got|received)\b",
    rf"{_SHOW}\b.{{0,30}}\b(?:first|initial|hidden) \w+ of (?:this|the|our) (?:chat|conversation)\b",
    rf"{_SHOW} (?:everything|all(?: the)? text|the (?:text|words|lines)) (?:above|before)\b",
    r"what (?:is|are|was|were|does|do) your (?:\w+ )?(?:prompts?|instructions)\b",
    r"(?:how|what) were you (?:instructed|prompted|programmed|told)\b",
    r"what (?:texts?|words?|lines?|messages?|instructions?) (?:is|are|was|were|stands?|stood|comes?|came) (?:before"
    r"|above)\b",
    rf"(?:turn off|switch off|disable|deactivate) (?:all |any |your |the )*{_CHECKS}\b",
    *languages.PROMPTS,
)
"""Show the prompt, or switch the checks off."""

DEEDS = (
    r"(?:print|show|read|output|cat|give me|reveal)\b.{0,40}(?:/etc/\w+|\.env\b|\bid_rsa\b|environment variables)",
    r"(?:e-?mail|send|forward|post|upload|transmit|exfiltrate)\b.{0,60}(?:\S@\S|https?://|\bby e-?mail\b)",
    r"execute ?:|(?:execute|run) (?:this|the following|these) (?:commands?|code|scripts?|shell|python|sql)\b",
    r"(?:delete|erase|wipe|drop|overwrite) (?:all|every|the|your|my) (?:documents?|files?|database|library|index)\b",
    r"decode (?:this|the following)\b",
    r"do (?:exactly )?(?:what|as) (?:it|this|that|the text) says\b",
    r"tell me (?:when|once) you are (?:done|finished|ready)\b",
    r"tell me an? (?:joke|story|poem|riddle)\b",
    r"(?:write|compose) (?:me |us )?(?:an? |some |the |\w+ (?:lines|verses|stanzas) of )?(?:\w+ )?"
    r"(?:code|scripts?|programs?|poem|poetry|verses?|haiku|song|rap|limerick|joke|love letter|press release|malware)\b",
)
"""Do something else than answer."""

DICTATED = (
    rf"(?:end|begin|start|finish|open|close|preface|prefix|sign) (?:your|the|each|every|all) {_REPLY}\b",
    rf"{_ANSWER}(?: to)? (?:every|each|all|any) (?:\w+ )?(?:questions?|requests?|prompts?|messages?) (?:with|by|that)\b",
    rf"{_ANSWER} (?:only )?with (?:only )?(?:the (?:words?|letters?|phrase)\b|[\"“'‘])|{_ANSWER} \d+(?! questions?)",
    rf"(?:always|only ever) (?:say|write|{_ANSWER}) (?:with|that|[\"“'‘\d])",
    r"(?:say|write|print|output|answer)(?: only| exactly)? [\"“'‘]",
    rf"you (?:must|have to|will) (?:now |only |always |never )?(?:say|claim|{_ANSWER})\b",
    r"(?:just|simply) confirm (?:that|it|this)\b",
    r"claim (?:that |it |the |this |they |there )",
    r"(?:call|rename|replace|refer to) (?:every|each|all|any)\b",
    r"(?:multiply|double|triple|halve|divide|inflate|alter|falsify)\b.{0,60}"
    r"\b(?:before|when|while|then) (?:you )?(?:tell|answer|reply|giv|say|report)",
    r"(?:double|triple|halve|falsify|make up|fabricate|multiply) (?:all|every|each|any|the (?:true|real))\b",
    r"(?:make up|invent|fabricate) (?:an?|some)\b",
    r"if you (?:read|see|are reading|can read|process) this\b",
    r"(?:show|add|include|embed|insert|append|render|output|return|display|put|load|fetch|attach|link|open|visit|wrap"
    r"|format)\b"
    r".{0,80}(?:https?://|www\.|\bjavascript:|!\[|<[a-z]+[\s/>])",
    r"(?:add|include|embed|insert|append|render|wrap|output|format)\b.{0,40}\b(?:(?:html|script|iframe|img) tags?"
    r"|(?:tracking|clickable) \w+|markdown (?:image|link)s?|an? (?:link|image|iframe|pixel) (?:to|from|at))\b",
    r"repeat after me\b",
    *languages.DICTATED,
)
"""Say this, or in this form, whatever the documents say."""

ANYBODY = (
    r"(?:whatever|no matter what|regardless of what) (?:you (?:find|read|see)|is asked|(?:i|they|anyone|anybody"
    r"|the users?) (?:asks?|says?|types?)"
    r"|the (?:documents?|sources?|files?|texts?) (?:says?|holds?))\b",
    r"(?:decode|decrypt|decipher|apply|translate|read)\b.{0,60}\b(?:and|then) (?:then )?"
    r"(?:obey|follow|execute|carry (?:it |them |this )?out|do (?:it|what))\b",
)
"""Obey this, or say it, whatever is found: an order wherever it stands, in a question and in a document."""

ANYWHERE = (
    *ANYBODY,
    rf"(?:switching|turning|turned|switched) off (?:of )?your {_CHECKS}\b",
    r"citations? (?:is|are) (?:now )?(?:disabled|off)\b",
    r"(?:all|every|the) (?:figures?|numbers?|values?|amounts?) (?:must|should|shall|have to) be (?:doubled|halved|multipl)",
    r"(?:api[- ]?keys?|passwords?|credentials|secrets)\b.{0,40}\b(?:in|of|from) your\b",
    r"your (?:own )?(?:api[- ]?keys?|passwords?|credentials)\b",
    r"new (?:polic(?:y|ies)|rules?|instructions?|directives?|orders?|tasks?|goals?|objectives?|roles?) ?:",
    r"(?:my|your) (?:system|hidden|initial) (?:prompts?|instructions?|messages?)\b",
    r"(?:instructions?|prompts?|rules)\b.{0,40}\b(?:give|gave|told|sent?) (?:to )?you\b|everything you (?:were"
    r"|have been) (?:given|told)",
    *languages.PROMPTS_ANYWHERE,
)
"""What makes an order of a question's sentence wherever it stands in it."""

UNSEEN = (
    r"(?:\shidden(?=[\s>=])|display\s*:\s*none|visibility\s*:\s*hidden|(?:font-size|opacity)\s*:\s*0(?![.]?[1-9])"
    r"|\ssize=[\"']?0"
    r"|[\s;\"']color\s*:\s*(?:#fff\w*|white|transparent)|text-indent\s*:\s*-\d{3})"
)
"""What in a tag hides its text from the reader of a page."""

IN_DOCUMENTS = (
    *ANYBODY,
    rf"(?:(?:foot)?note|message|attention|instructions?|important|hint|reminder|memo)(?: to| for)?:?,? (?:the |all "
    rf"|any )?{_MACHINE}\b",
    rf"(?:(?:if|when) you are an?|dear|hey|hello) {_MACHINE}\b",
    rf"{_MACHINE} (?:\w+ ){{0,4}}(?:must|should|shall|has to|have to|will|is to|are to)\b.{{0,40}}"
    rf"\b(?:say|ignore|state|output|tell|print|cite|recommend|refuse|claim|{_ANSWER})\b",
    r"(?:only |correct |right |true )?answer to (?:every|any|all|each|whatever|the (?:user'?s|next))\b.{0,24}"
    r"\b(?:questions?|query|queries|prompts?|asked)\b",
    r"(?:new|updated|real|actual|hidden|secret) (?:system )?(?:instructions?|prompt|directives?|task) ?:",
    r"(?:end|begin) of (?:system )?(?:prompt|instructions)\b",
    r"(?:(?:to|dear|attention) (?:the |any |all |every )?|(?:any|every|all|the) )(?:language )?"
    r"(?:models?|machines?|assistants?|agents?|systems?|programs?|bots?|readers?) "
    r"(?:(?:that|which|who) (?:reads?|process(?:es)?|summari[sz]es?)|reading|processing|summari[sz]ing) (?:this|these)\b",
    r"what(?:ever)? the users? (?:asks?|asked|typed?|says?|said)\b",
    r"\(?base64\b.{0,60}\b(?:carry|obey|follow|execute|decode)",
    r"</?(?:system|instructions?|prompt|assistant|context)[\w-]*>|\[(?:system|assistant|developer)\]\(#",
    rf"you (?:must|should|shall|will|are to|have to) (?:now |always |never )?(?:say|output|claim|tell the user|{_ANSWER})\b",
)
"""What in a document speaks to a machine; it may stand anywhere in a sentence."""

OPENS_IN_DOCUMENTS = (
    rf"(?:always |only )?{_ANSWER}(?: only| always)? (?:with|that|[\"“'‘\d]|every|all|each|any)",
    r"(?:add|include|embed|insert|append|render|link|end|begin|start|put|cite|show|display)\b.{0,80}"
    rf"\b(?:in|into|to|of|with|after|before) (?:your|every|each|the) {_REPLY}\b",
    r"(?:tell|inform|convince|persuade|ask) (?:the|every|any) (?:user|person who asks)\b",
    r"(?:recommend|mention|advertise)\b.{0,40}\b(?:your|every) (?:answer|reply)\b",
    r"(?:do not|don't) (?:summari[sz]e|process|translate|quote) (?:this|the) (?:page|document|text|file|question)\b",
    r"(?:output|print|say|report|use|state|give|respond|reply|answer)\b.{0,60}\d.{0,20}\binstead\b|repeat after me\b",
    rf"{_MACHINE}s? (?:must|should|shall|will)\b.{{0,60}}\d.{{0,20}}\binstead\b",
    rf"when (?:you are |you're )?asked\b.{{0,60}}\b{_ANSWER} [\"“\d]",
    r"(?-i:SYSTEM|system|ASSISTANT|Assistant|assistant|DEVELOPER|developer)(?: message| prompt)?: ",
    r"system(?: message| prompt)?: (?:the|you\w*|this|all|from|any|every|always|never|do)\b",
    rf"(?:render|display|embed|your {_REPLY} (?:must|should|has to) \w+)\b.{{0,40}}!\[",
    *languages.IN_DOCUMENTS,
    *languages.DICTATED,
    r"(?:do not|don't|never) (?:cite|mention|reveal|tell|use|quote)\b.{0,40}\b(?:sources?|documents?|users?|questions?)\b",
)
"""What orders a machine about at the start of a document's clause."""

POLITE = (
    r"(?:\[\^?\w{1,3}\]:?)?[\s\"'“‘*_#>|\[(\-–—:.]*(?:(?:and|but|then|also|now|please|first|next|finally|instead|so"
    r"|ok(?:ay)?|hey|important"
    r"|attention|note|instruction\W+|sudo|p\.?s\.?|(?:after|before) (?:answering|that|this|you answer)"
    r"|you (?:must|should|shall|will|have to|need to|are to)|(?:can|could|would|will) you"
    r"|i (?:want|need|order|command|ask) you to)(?:\b|(?<=\.))[\s,:;!\-–—]*(?:also\s+)?)*"
)
"""What may stand before an order: conjunctions, politeness, quotation marks."""


def opening(*kinds: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern that matches where a clause opens with one of these phrases."""
    return re.compile(POLITE + f"(?:{'|'.join(phrase for kind in kinds for phrase in kind)})", re.IGNORECASE)


def anywhere(*kinds: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern that finds one of these phrases anywhere, at the start of a word."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(phrase for kind in kinds for phrase in kind)})", re.IGNORECASE)
