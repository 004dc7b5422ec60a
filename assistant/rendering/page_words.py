"""All words of the page, in English."""

from __future__ import annotations

NAME = "Quarry"
ASK_HERE = "Ask a question about the documents"
ASK = "Ask"
STOP = "Stop"
EMPTY_CHAT = "Ask your documents. Every answer shows where it stands."
NEW = "New conversation"
FIND = "Search conversations"
CONVERSATIONS = "Conversations"
NO_CONVERSATIONS = "None yet: the first question begins one."
NOT_FOUND = "No conversation holds these words."
COLLECTIONS = "Search in"
CHAT, DOCUMENTS = "Chat", "Documents"

STAGES = {
    "searching": "Searching the documents …",
    "reading": "Reading {passages} …",
    "writing": "Writing … not checked yet",
    "checking": "Checking {statements} against {their} sources …",
}
AHEAD = "{people} ahead of you at the language model …"
STOPPED = "stopped: what was found so far is the answer"
STOPPED_EARLY = "Stopped before anything was found."

BROKE_OFF = "The answer broke off: ask again."
NOT_STORED = "this answer is not stored: {reason}"
TOO_BUSY = "too many conversations are answered just now: ask again when one is done"
TOO_MANY_WAIT = "too many questions wait in this conversation: ask again when some are answered"
QUEUED = "Next: "
TAKE_BACK, TAKE_BACK_HINT = "Remove", "Remove this question: it is not asked"
PUT_BACK = "Put the question back into the box"
ANSWERING = "answering …"

NOT_THERE = "Not in the documents"
NEAREST = "Nearest passages"
SEARCHED = "Searched for: "
CHANGE = "Change it and ask anew"
SEARCH_AGAIN = "Search again with other words"
SOURCES = "Sources: "
ALL_CHECKED = "✓ Checked: {statements} against {their} sources"
LEFT_OUT = ", {statements} without support left out"
SOME_PARTLY = "⚠ {statements} only partly supported"
WORD_FOR_WORD = "✓ Word for word from the documents"

COPY, COPY_HINT = "Copy", "Copy with references"
RETRY, RETRY_HINT = "Ask again", "Ask the same question again"
EDIT, EDIT_HINT = "Edit", "Change the question and ask it instead"
UP, UP_HINT = "Right", "This answer is right"
DOWN, DOWN_HINT = "Wrong?", "Say what is wrong with this answer"
MORE = "More from the documents"
EARLIER = "Show {turns} before this"

PANEL_EMPTY = "Click a number to read the passage it rests on, in its document."
PREVIOUS, NEXT, CLOSE = "Previous passage", "Next passage", "Close"
ORIGINAL, DOWNLOAD = "Open the original", "Download"
LARGER = "Click to enlarge"
PAGE_PICTURE = "Page {page} as printed, the passage marked"

HELP = "Help"
HELP_TEXT = """<ul>
<li>Ask in your own words. What an answer says stands in your documents word for word, or was checked against them.</li>
<li>Click a number to see its passage in the document. What the documents don't hold is refused.</li>
<li>Follow-ups work: “and in 2025?”. Name the subject where several could be meant.</li>
<li>It reads: it doesn't guess or search the web; pictures only where Tesseract is installed.</li>
<li><kbd>Enter</kbd> asks, <kbd>Shift</kbd> <kbd>Enter</kbd> begins a new line.</li>
<li><kbd>Esc</kbd> closes the source, or stops the answer.</li>
<li><kbd>↑</kbd> in the empty box edits the last question.</li>
<li><kbd>Ctrl</kbd> <kbd>K</kbd> or <kbd>/</kbd> searches the conversations.</li>
<li><kbd>←</kbd> <kbd>→</kbd> step through the passages of an answer.</li>
</ul>"""

REPORT = "Evaluation report of {date}"

RENAME, DELETE, EXPORT_MARKDOWN, EXPORT_JSON = "Rename", "Delete", "Export", "Export as JSON"
TODAY, YESTERDAY, THIS_WEEK, THIS_MONTH = "Today", "Yesterday", "The last seven days", "The last thirty days"


def counted(n: int, one: str, several: str = "") -> str:
    """ "1 passage", "5 passages"."""
    return f"{n:,} {one if n == 1 else several or one + 's'}"


REASONS = "What is wrong?"
RIGHT_ANSWER = "The right answer, if you know it"
SEND, LATER = "Send", "Not now"
THANKS = "Kept, with the question and what was found."
MAKE_QUESTION = "Make an evaluation question of it"
MADE_QUESTION = "Written to feedback.jsonl in the data folder; `python -m evals run --feedback FILE` asks it."

DROP = "Drop files here to add them"
INTO = "Collection they go to"
SAMPLES_WILL_LEAVE = "{samples} in the library. Samples leave once you add documents of your own, unless you keep them:"
KEEP_SAMPLES = "Keep the samples"
SAMPLES_LEFT = "{samples} left, as your own documents are in now."
SAMPLES_KEPT = "{samples} kept: samples stay beside your own documents until you remove them."
NOTHING_ADDED = "Nothing was added: choose files first."
NO_DOCUMENTS = "No documents yet: drop files above, or run `quarry ingest FOLDER`."
READ_AGAIN, AGAIN, REMOVE, OPEN = "Bring all folders up to date", "Read again", "Remove", "Open"
COLUMNS = ("Title", "Date", "Pages", "State", "File", "Actions")
STATES = {"current": "✓ in the library", "same": "✓ a copy", "failed": "⚠ failed", "removed": "– removed"}
WORKING = "{done} of {total} files, {chunks}{left}"
RENEWING = "The index is made anew: {told}"
CANCEL = "Cancel"
