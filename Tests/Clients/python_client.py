"""The official Python client against a running cluster: KUBECONFIG=… python_client.py

Each function is a case; what fails raises, names itself, and ends the run with 1.
"""

import sys
import threading
import time

from kubernetes import client, config, dynamic, utils, watch
from kubernetes.client.rest import ApiException
from kubernetes.leaderelection import electionconfig, leaderelection
from kubernetes.leaderelection.resourcelock.leaselock import LeaseLock

NAMESPACE = "python-client"


def deployment(name, replicas):
    labels = {"app": name}
    return client.V1Deployment(
        metadata=client.V1ObjectMeta(name=name, labels=labels),
        spec=client.V1DeploymentSpec(
            replicas=replicas,
            selector=client.V1LabelSelector(match_labels=labels),
            template=client.V1PodTemplateSpec(
                metadata=client.V1ObjectMeta(labels=labels),
                spec=client.V1PodSpec(containers=[client.V1Container(name="web", image="nginx:1.29")]),
            ),
        ),
    )


def expect_failure(status, reason, call):
    try:
        call()
    except ApiException as error:
        assert error.status == status, (error.status, error.body)
        assert f'"reason":"{reason}"' in error.body.replace(" ", ""), error.body
        return
    raise AssertionError(f"no {status} {reason}")


def test_reads_versions_and_nodes():
    assert client.VersionApi().get_code().git_version.startswith("v1.36")
    nodes = client.CoreV1Api().list_node().items
    assert nodes and all(
        condition.status == "True" for node in nodes for condition in node.status.conditions
        if condition.type == "Ready")


def test_watches_a_rollout_from_its_list():
    apps, core = client.AppsV1Api(), client.CoreV1Api()
    apps.create_namespaced_deployment(NAMESPACE, deployment("watched", 3))
    listed = core.list_namespaced_pod(NAMESPACE, label_selector="app=watched")
    ready = {pod.metadata.name for pod in listed.items if pod.status.phase == "Running"}
    stream = watch.Watch()
    for event in stream.stream(
            core.list_namespaced_pod, NAMESPACE, label_selector="app=watched",
            resource_version=listed.metadata.resource_version, timeout_seconds=60):
        pod = event["object"]
        assert isinstance(pod, client.V1Pod) and event["type"] in ("ADDED", "MODIFIED", "DELETED")
        if pod.status.phase == "Running":
            ready.add(pod.metadata.name)
        if len(ready) == 3:
            stream.stop()
    assert len(ready) == 3, ready
    scale = apps.read_namespaced_deployment_scale("watched", NAMESPACE)
    assert scale.spec.replicas == 3
    apps.patch_namespaced_deployment_scale("watched", NAMESPACE, {"spec": {"replicas": 1}})
    assert apps.read_namespaced_deployment("watched", NAMESPACE).spec.replicas == 1


def test_a_watch_from_a_lost_revision_says_so():
    try:
        for _ in watch.Watch().stream(
                client.CoreV1Api().list_namespaced_config_map, NAMESPACE, resource_version="999999999",
                timeout_seconds=5):
            pass
    except ApiException as error:
        assert error.status in (410, 504), error


def test_conflicts_and_patches():
    core = client.CoreV1Api()
    created = core.create_namespaced_config_map(
        NAMESPACE, client.V1ConfigMap(metadata=client.V1ObjectMeta(name="settings"), data={"a": "1"}))
    core.patch_namespaced_config_map("settings", NAMESPACE, {"data": {"b": "2"}})
    expect_failure(409, "AlreadyExists", lambda: core.create_namespaced_config_map(NAMESPACE, created_again(created)))
    created.data = {"a": "stale"}
    expect_failure(409, "Conflict", lambda: core.replace_namespaced_config_map("settings", NAMESPACE, created))
    core.patch_namespaced_config_map(
        "settings", NAMESPACE, [{"op": "replace", "path": "/data/a", "value": "3"}])
    assert core.read_namespaced_config_map("settings", NAMESPACE).data == {"a": "3", "b": "2"}
    expect_failure(404, "NotFound", lambda: core.read_namespaced_config_map("absent", NAMESPACE))
    expect_failure(
        422, "Invalid",
        lambda: core.create_namespaced_config_map(
            NAMESPACE, client.V1ConfigMap(metadata=client.V1ObjectMeta(name="Not_A_Name"))))


def created_again(object):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=object.metadata.name))


def test_lists_in_pages():
    core = client.CoreV1Api()
    for number in range(7):
        core.create_namespaced_secret(
            NAMESPACE, client.V1Secret(metadata=client.V1ObjectMeta(name=f"page-{number}", labels={"paged": "yes"})))
    seen, token = [], None
    while True:
        page = core.list_namespaced_secret(NAMESPACE, label_selector="paged in (yes)", limit=3, _continue=token)
        assert len(page.items) <= 3
        seen += [item.metadata.name for item in page.items]
        token = page.metadata._continue
        if not token:
            break
        assert page.metadata.remaining_item_count is None or page.metadata.remaining_item_count > 0
    assert seen == [f"page-{number}" for number in range(7)], seen
    core.delete_collection_namespaced_secret(NAMESPACE, label_selector="paged=yes")
    assert core.list_namespaced_secret(NAMESPACE, label_selector="paged=yes").items == []


def test_the_dynamic_client_discovers_applies_and_watches():
    dynamic_client = dynamic.DynamicClient(client.ApiClient())
    services = dynamic_client.resources.get(api_version="v1", kind="Service")
    manifest = {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "applied"},
        "spec": {"selector": {"app": "watched"}, "ports": [{"port": 80, "protocol": "TCP"}]},
    }
    applied = dynamic_client.server_side_apply(
        services, body=manifest, name="applied", namespace=NAMESPACE, field_manager="python")
    assert applied.spec.clusterIP.startswith("10."), applied
    assert applied.metadata.managedFields[0].manager == "python"
    manifest["spec"]["selector"] = {"app": "other"}
    expect_failure(
        409, "Conflict",
        lambda: dynamic_client.server_side_apply(
            services, body=manifest, name="applied", namespace=NAMESPACE, field_manager="other"))
    seen = []
    for event in services.watch(namespace=NAMESPACE, timeout=30):
        seen.append(event["object"].metadata.name)
        break
    assert seen == ["applied"]
    services.delete(name="applied", namespace=NAMESPACE)
    kinds = {resource.kind for resource in dynamic_client.resources.search(group="apps")}
    assert {"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"} <= kinds, kinds


def test_creates_from_yaml_documents():
    utils.create_from_dict(
        client.ApiClient(),
        {
            "apiVersion": "v1", "kind": "List",
            "items": [
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"listed-{number}"}}
                for number in range(2)
            ],
        }, namespace=NAMESPACE)
    assert client.CoreV1Api().read_namespaced_config_map("listed-1", NAMESPACE)


def test_tokens_and_reviews():
    core, reviews = client.CoreV1Api(), client.AuthorizationV1Api()
    token = core.create_namespaced_service_account_token(
        "default", NAMESPACE, client.AuthenticationV1TokenRequest(spec=client.V1TokenRequestSpec(audiences=[])))
    review = client.AuthenticationV1Api().create_token_review(
        client.V1TokenReview(spec=client.V1TokenReviewSpec(token=token.status.token)))
    assert review.status.authenticated
    assert review.status.user.username == f"system:serviceaccount:{NAMESPACE}:default"
    access = reviews.create_self_subject_access_review(
        client.V1SelfSubjectAccessReview(
            spec=client.V1SelfSubjectAccessReviewSpec(
                resource_attributes=client.V1ResourceAttributes(verb="create", resource="pods"))))
    assert access.status.allowed


def test_one_leader_at_a_time():
    leading, history, lock = set(), [], threading.Lock()

    def candidate(name):
        def start():
            with lock:
                leading.add(name)
                history.append(name)
                assert leading == {name}, leading

        def stop():
            with lock:
                leading.discard(name)

        configuration = electionconfig.Config(
            LeaseLock("election", NAMESPACE, name), lease_duration=6, renew_deadline=4, retry_period=1,
            onstarted_leading=start, onstopped_leading=stop)
        leaderelection.LeaderElection(configuration).run()

    for name in ("first", "second"):
        threading.Thread(target=candidate, args=(name,), daemon=True).start()
    deadline = time.monotonic() + 30
    while not history and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(history) == 1, history
    lease = client.CoordinationV1Api().read_namespaced_lease("election", NAMESPACE)
    assert lease.spec.holder_identity == history[0]


def main():
    config.load_kube_config()
    core = client.CoreV1Api()
    core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name=NAMESPACE)))
    deadline = time.monotonic() + 30
    while not core.list_namespaced_service_account(NAMESPACE).items and time.monotonic() < deadline:
        time.sleep(0.1)
    failures = 0
    for name, test in list(globals().items()):
        if not name.startswith("test_"):
            continue
        try:
            test()
            print(f"{name}: passed", flush=True)
        except Exception as error:
            failures += 1
            print(f"{name}: FAILED: {type(error).__name__}: {error}", flush=True)
    core.delete_namespace(NAMESPACE)
    sys.exit(1 if failures else 0)


main()
