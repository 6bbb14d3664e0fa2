/** Programs that answer requests with a model, by the beginning of a word in their command line. */
const MODEL_SERVER =
  /(?:^|[\s/._-])(?:llama-?server|llama[._-]cpp|llamafile|ollama|vllm|sglang|koboldcpp|local-?ai|lm-?studio|mlx[._-]lm|text-generation(?:-\w+)?|tritonserver|whisper-server|tabbyapi|exllama\w*|gpt4all|localai|mistralrs|tgi)(?=$|[\s/._:-])/iu;

/** Whether a process looks like a server of language or speech models. */
export function isModelServer({ name, cmdline }: { name: string; cmdline: string }): boolean {
  return MODEL_SERVER.test(name) || MODEL_SERVER.test(firstWords(cmdline));
}

/** The program and what an interpreter runs; arguments further on may name a model server that is only talked to. */
function firstWords(cmdline: string): string {
  return cmdline.split(' ', 3).join(' ');
}
