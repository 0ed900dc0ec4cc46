"""An operator to test: it gives every Deployment that asks for one a Service of its name.

    metadata: {annotations: {example.com/port: "80"}}
"""

import kopf
import kubernetes


@kopf.on.startup()
def configure(settings: kopf.OperatorSettings, **_):
    settings.posting.level = 40


@kopf.on.create("apps", "v1", "deployments", annotations={"example.com/port": kopf.PRESENT})
def expose(spec, annotations, namespace, **_):
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {},
        "spec": {
            "selector": dict(spec["selector"]["matchLabels"]),
            "ports": [{"port": int(annotations["example.com/port"])}],
        },
    }
    # With the Deployment's name, and gone with it.
    kopf.adopt(service)
    service["metadata"].pop("generateName", None)
    service["metadata"]["name"] = service["metadata"]["ownerReferences"][0]["name"]
    kubernetes.client.CoreV1Api().create_namespaced_service(namespace, service)
