/** Whether Pinecone and, where it makes the vectors, OpenAI can be used at the moment. */
export interface Services {
  /** For `onProblem` of a fetch. */
  note(service: string, problem: string | undefined): void;
  /** What fails; undefined while everything works. */
  problem(): string | undefined;
}

/** @param onChange called when something begins to fail, and with nothing when everything works again */
export function createServices(onChange: (problem: string | undefined) => void): Services {
  const problems = new Map<string, string>();
  const problem = (): string | undefined => {
    const [first] = problems;
    return first && `${first[0]}: ${first[1]}`;
  };
  return {
    problem,
    note(service, found) {
      const before = problems.size;
      if (found === undefined) problems.delete(service);
      else problems.set(service, found);
      if (before === 0 && problems.size > 0) onChange(problem());
      if (before > 0 && problems.size === 0) onChange(undefined);
    },
  };
}
