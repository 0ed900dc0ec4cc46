"""Kills a serving cluster again and again, and looks for what it had acknowledged.

durability.py DRYDOCK FOLDER KILLS SEED

Fails if an acknowledged write is gone or differs, or if a revision is given out twice.
"""

import base64
import http.client
import json
import random
import signal
import ssl
import subprocess
import sys
import threading

import yaml

drydock, folder, kills, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
random.seed(seed)
path = "/api/v1/namespaces/default/configmaps"
acknowledged = {}
newest = 0
written = 0


def start():
    process = subprocess.Popen(
        [drydock, "serve", "--nodes", "2", "--listen", "127.0.0.1:0", "--kubeconfig", folder + "/config",
         "--data-dir", folder + "/data", "--log-level", "error"], stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    assert line.startswith("export KUBECONFIG="), f"the cluster does not start: {line}"
    return process


def connect():
    with open(folder + "/config") as file:
        config = yaml.safe_load(file)
    user, cluster = config["users"][0]["user"], config["clusters"][0]["cluster"]
    for name, text in (("crt", user["client-certificate-data"]), ("key", user["client-key-data"]),
                       ("ca", cluster["certificate-authority-data"])):
        with open(f"{folder}/{name}", "wb") as file:
            file.write(base64.b64decode(text))
    context = ssl.create_default_context(cafile=folder + "/ca")
    context.load_cert_chain(folder + "/crt", folder + "/key")
    host, port = cluster["server"].removeprefix("https://").rsplit(":", 1)
    return http.client.HTTPSConnection(host, int(port), context=context, timeout=30)


def request(connection, method, path, body=None):
    connection.request(method, path, body and json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    return response.status, json.loads(response.read())


for _ in range(kills):
    process = start()
    connection = connect()
    _, found = request(connection, "GET", path)
    present = {item["metadata"]["name"]: item["metadata"]["resourceVersion"] for item in found["items"]}
    for name, version in acknowledged.items():
        assert present.get(name) == version, f"{name}: {version} was acknowledged, there is {present.get(name)}"
    assert int(found["metadata"]["resourceVersion"]) >= newest
    threading.Timer(random.uniform(0, 0.4), process.send_signal, [signal.SIGKILL]).start()
    try:
        while True:
            written += 1
            name = f"written-{written}"
            status, answer = request(
                connection, "POST", path,
                {"metadata": {"name": name}, "data": {"text": "x" * random.randrange(500)}})
            assert status == 201, answer
            version = int(answer["metadata"]["resourceVersion"])
            assert version > newest, f"revision {version} was given out after {newest}"
            newest, acknowledged[name] = version, str(version)
    except (OSError, http.client.HTTPException):
        pass
    process.wait()

print(f"{kills} kills, {len(acknowledged)} acknowledged writes, seed {seed}")
