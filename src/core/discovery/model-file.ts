/** Suffixes of files that hold the weights of a model. */
const WEIGHTS =
  /\.(?:gguf|ggml|safetensors|onnx|onnx_data|ort|pt|pth|ckpt|tflite|mlmodelc?|engine|llamafile|nemo|pdparams|caffemodel|h5|keras|vec)$/i;
/** `ggml-base.en.bin`, `pytorch_model-00001-of-00002.bin`, `model.bin` */
const WEIGHTS_BIN = /(?:^|\/)(?:ggml|pytorch_model|model|adapter_model|tf_model)[^/]*\.bin$/i;

/** Whether a file looks like the weights of a model, by its name. */
export const isModelFile = (path: string): boolean => WEIGHTS.test(path) || WEIGHTS_BIN.test(path);
