"""Reads texts with a detector of Python's: `encodings_peer.py chardet|charset_normalizer SAMPLES`. Started by `Pipeline.Benchmarks encodings`.

A line of SAMPLES is a JSON object of Text and Bytes (Base64); for each a 1 is printed if the text comes back, else a 0; then the version and the seconds of CPU.
"""
import base64
import json
import sys
import time

# As browsers do, and as what we compare with does: the larger sets that Windows has under the names of smaller ones.
LARGER = {"iso-8859-1": "cp1252", "latin_1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "euc-kr": "cp949", "euc_kr": "cp949", "shift_jis": "cp932", "iso-8859-9": "cp1254", "tis-620": "cp874", "macroman": "mac_roman",
          "maccyrillic": "mac_cyrillic"}


def main(name, path):
    module = __import__(name)

    def detect(data):
        if name == "chardet":
            return module.detect(data)["encoding"]
        best = module.from_bytes(data).best()
        return best.encoding if best else None

    spent = 0
    with open(path, encoding="utf-8") as samples:
        for line in samples:
            sample = json.loads(line)
            data = base64.b64decode(sample["Bytes"])
            before = time.process_time()
            encoding = detect(data)
            spent += time.process_time() - before
            try:
                text = data.decode(LARGER.get((encoding or "utf-8").lower(), encoding or "utf-8")).removeprefix("\ufeff")
            except (LookupError, UnicodeError):
                text = None
            print(1 if text == sample["Text"] else 0)
    print(f"version {module.__version__}, {spent:.1f} s of CPU")


main(*sys.argv[1:])
