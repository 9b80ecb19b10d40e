/**
 * What the endpoints of one run have seen. Every attempt makes new ones, and so does every ping while a peer is away; what
 * counts is the newest survey that succeeded, and a survey may still be under way when the attempt that began it has failed.
 */
export class NewestSurvey<Known, Endpoint extends { known(): Known | null } = { known(): Known | null }> {
  #endpoints: readonly Endpoint[] = [];

  /** Adds an endpoint that is newer than all others. */
  add(endpoint: Endpoint): void {
    const newest = this.#endpoints.findLastIndex((one) => one.known() !== null);
    this.#endpoints = [...this.#endpoints.slice(Math.max(0, newest)), endpoint];
  }

  /** Null when no survey has succeeded. */
  known(): Known | null {
    return this.endpoint()?.known() ?? null;
  }

  /** Whose survey that is. */
  endpoint(): Endpoint | null {
    return this.#endpoints.findLast((one) => one.known() !== null) ?? null;
  }
}
