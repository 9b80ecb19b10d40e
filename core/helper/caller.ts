/** Who asks. The socket on which they came says it: nobody else can open that one. */
export interface Caller {
  readonly uid: number;
  /** Login name. */
  readonly user: string;
  /** Needs nobody's consent: root, or whoever runs the daemon. */
  readonly administrator: boolean;
}
