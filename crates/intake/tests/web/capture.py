"""Saves pages as Chromium does under "web page, single file": python3 capture.py FOLDER PAGE...

Needs chromium and the Python package websocket-client.
"""
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request

import websocket

PORT = 19223


def main(folder, pages):
    with tempfile.TemporaryDirectory() as profile:
        chromium = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", f"--remote-debugging-port={PORT}",
             "--remote-allow-origins=*", f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            connection = websocket.create_connection(debugger())
            for number, page in enumerate(pages):
                ask(connection, 2 * number + 1, "Page.navigate", url="file://" + os.path.abspath(page))
                time.sleep(1)
                snapshot = ask(connection, 2 * number + 2, "Page.captureSnapshot", format="mhtml")
                name = os.path.basename(page).rsplit(".", 1)[0] + ".mht"
                with open(os.path.join(folder, name), "w", newline="") as out:
                    out.write(snapshot["data"])
        finally:
            chromium.terminate()
            chromium.wait()


def debugger():
    for _ in range(100):
        try:
            tabs = json.load(urllib.request.urlopen(f"http://127.0.0.1:{PORT}/json"))
            return next(t for t in tabs if t["type"] == "page")["webSocketDebuggerUrl"]
        except OSError:
            time.sleep(0.2)
    sys.exit("chromium did not start")


def ask(connection, number, method, **params):
    connection.send(json.dumps({"id": number, "method": method, "params": params}))
    while True:
        answer = json.loads(connection.recv())
        if answer.get("id") == number:
            return answer["result"]


main(sys.argv[1], sys.argv[2:])
