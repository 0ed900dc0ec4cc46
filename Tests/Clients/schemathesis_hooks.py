"""What schemathesis has to know to try a Kubernetes API: watches go on until their timeout."""

import schemathesis


@schemathesis.hook
def map_query(context, query):
    query = query or {}
    if query.get("watch") not in (None, False, "false") or "/watch/" in context.operation.path:
        query["timeoutSeconds"] = 1
    return query


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Most random names name nothing: half of them become a namespace, and objects, that are there."""
    path_parameters = path_parameters or {}
    present = {"namespace": "default", "name": "kubernetes"}
    for parameter, value in present.items():
        if parameter in path_parameters and len(str(path_parameters[parameter])) % 2 == 0:
            path_parameters[parameter] = value
    return path_parameters
