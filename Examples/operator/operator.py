"""An operator to test: it gives every Deployment that asks for one a Service of its name.

    metadata: {annotations: {example.com/port: "80"}}
"""

import kopf
import kubernetes


@kopf.on.startup()
def configure(settings: kopf.OperatorSettings, **_):
    settings.posting.level = 40


@kopf.on.create("apps", "v1", "deployments", annotations={"example.com/port": kopf.PRESENT})
def expose(name, spec, annotations, namespace, **_):
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {
            "selector": dict(spec["selector"]["matchLabels"]),
            "ports": [{"port": int(annotations["example.com/port"])}],
        },
    }
    # Gone with the Deployment.
    kopf.adopt(service)
    kubernetes.client.CoreV1Api().create_namespaced_service(namespace, service)
