// Where the page's state is kept between visits: the address's fragment on a page of its own, nowhere in a notebook.
import { readFragment, writeFragment } from "./fragment";
import { emptyState, type PageState } from "./state";

export interface Memory {
  read(): PageState;
  write(state: PageState): void;
  /** Tells when a person has put another state there: a link pasted over this one. */
  watch(changed: (state: PageState) => void): () => void;
}

/** Browsers refuse to rewrite the address hundreds of times a minute. */
const calm = 250;

export class FragmentMemory implements Memory {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private latest: PageState | null = null;
  /** The fragment as it was last read or written; another one is a link that a person has just put there. */
  private known = "";

  constructor(private readonly page: Window = window) {}

  read(): PageState {
    this.known = this.page.location.hash;
    return readFragment(this.known);
  }

  write(state: PageState): void {
    this.latest = state;
    this.timer ??= setTimeout(() => this.flush(), calm);
  }

  watch(changed: (state: PageState) => void): () => void {
    const listen = () => {
      // What was about to be written belongs to the state that has just been left.
      clearTimeout(this.timer);
      this.timer = undefined;
      changed(this.read());
    };
    const leaving = () => this.flush();
    this.page.addEventListener("hashchange", listen);
    this.page.addEventListener("pagehide", leaving);
    return () => {
      this.page.removeEventListener("hashchange", listen);
      this.page.removeEventListener("pagehide", leaving);
      clearTimeout(this.timer);
    };
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.latest || this.page.location.hash !== this.known) return;
    const fragment = writeFragment(this.latest);
    if (`#${fragment}` === this.page.location.hash) return;
    // replaceState does not raise hashchange, and leaves the Back button alone.
    this.page.history.replaceState(this.page.history.state, "", fragment ? `#${fragment}` : " ");
    this.known = this.page.location.hash;
  }
}

/** A notebook's address is not ours. */
export class NoMemory implements Memory {
  read(): PageState {
    return emptyState();
  }
  write(): void {}
  watch(): () => void {
    return () => {};
  }
}
