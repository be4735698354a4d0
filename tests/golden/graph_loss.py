"""GraphLoss against its formula."""

KIND = "GraphLoss"
GRAPH = """{"inputs": [{"name": "output"}, {"name": "labels"}],
 "nodes": [{"name": "difference", "kind": "Sub", "inputs": ["output", "labels"]},
           {"name": "square", "kind": "Square", "inputs": ["difference"]},
           {"name": "sum", "kind": "Sum", "attrs": {"dims": [1]}, "inputs": ["square"]}],
 "outputs": ["sum"]}"""
CASES = {"graph_loss": {"attrs": {"graph": GRAPH}, "output": (3, 2),
                        "labels": [[0.5, 1.0], [-1.0, 0.0], [2.0, 0.25]]}}


def loss(attrs, output, labels):
    return ((output - labels) ** 2).sum(1).mean()
