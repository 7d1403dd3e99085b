// The two ways in: `render` for a notebook's widget (anywidget), `startApp` for the page that `thalweg` serves.
import { SocketConnection } from "./connection/socket";
import { WidgetConnection, type WidgetModel } from "./connection/widget";
import { mount } from "./mount";
import { FragmentMemory, NoMemory } from "./state/memory";
import { notebookSurroundings, systemSurroundings } from "./state/surroundings";

function render({ model, el }: { model: WidgetModel; el: HTMLElement }): () => void {
  const place = document.createElement("div");
  el.append(place);
  const surroundings = notebookSurroundings(el);
  const connection = new WidgetConnection(model);
  const leave = mount(place, {
    connection,
    memory: new NoMemory(),
    surroundings: surroundings.mode,
    page: false,
  });
  return () => {
    leave();
    surroundings.close();
    place.remove();
  };
}

export function startApp(el: HTMLElement): () => void {
  const { protocol, host } = location;
  const surroundings = systemSurroundings();
  const leave = mount(el, {
    connection: new SocketConnection(`${protocol === "https:" ? "wss" : "ws"}://${host}/socket`),
    memory: new FragmentMemory(),
    surroundings: surroundings.mode,
    page: true,
  });
  return () => {
    leave();
    surroundings.close();
  };
}

export default { render };
