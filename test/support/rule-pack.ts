/** A pack with a rule about activities, and one about a metric. */
export const PACK: string = `pack: ours
rules:
  - id: no-calls
    title: The backend calls nobody
    why: It works offline.
    kind: absence
    activity: network
    match: { direction: outbound }
  - id: little-cpu
    kind: threshold
    metric: cpu.percent
    expect: { mean: "< 0.5" }
`;
