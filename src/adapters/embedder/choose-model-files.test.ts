import { describe, expect, it } from 'vitest';
import { chooseModelFiles } from './choose-model-files.ts';

const BASE = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
const choose = (paths: readonly string[], quantised = false, arch = 'x64') =>
  chooseModelFiles(
    [...BASE, ...paths].map((path) => ({ path, sizeBytes: 1, oid: path, large: false })),
    { quantised, arch },
  );

describe('chooseModelFiles', () => {
  it('takes the data files that belong to the model, and no others', () => {
    const { files } = choose([
      'model.onnx',
      'model.onnx_data',
      'model.onnx_data_1',
      'model.onnx.data',
      'model.onnx.bak',
    ]);
    expect(files.map((file) => file.path).slice(BASE.length)).toEqual([
      'model.onnx',
      'model.onnx_data',
      'model.onnx_data_1',
      'model.onnx.data',
    ]);
  });

  it('takes an int8 model only when it is wished and made for this processor', () => {
    const paths = ['onnx/model.onnx', 'onnx/model_qint8_arm64.onnx', 'onnx/model_quint8_avx2.onnx'];
    expect(choose(paths).modelFile).toBe('onnx/model.onnx');
    expect(choose(paths, true, 'arm64').modelFile).toBe('onnx/model_qint8_arm64.onnx');
    expect(choose(paths, true, 'x64').modelFile).toBe('onnx/model_quint8_avx2.onnx');
    expect(choose(paths, true, 'riscv64')).toMatchObject({ modelFile: 'onnx/model.onnx', quantised: false });
  });
});
