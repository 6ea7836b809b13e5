// Building blocks of the page. Texts become text nodes, never markup: they come from files of strangers.
'use strict';

const nramElements = (() => {
  const svgNamespace = 'http://www.w3.org/2000/svg';

  const fill = (node, attributes, children) => {
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== false) {
        node.setAttribute(name, value === true ? '' : value);
      }
    }
    node.append(...children);
    return node;
  };
  const element = (name, attributes = {}, ...children) =>
    fill(document.createElement(name), attributes, children);
  const svg = (name, attributes = {}, ...children) =>
    fill(document.createElementNS(svgNamespace, name), attributes, children);
  const byId = (id) => document.getElementById(id);
  const grouped = (number) => `${number}`.replace(/\B(?=(\d{3})+$)/g, '\u202f');
  const counted = (number, what) => `${grouped(number)} ${what}${number === 1 ? '' : 's'}`;
  // Each register has a colour of its own; there are as many as a machine may have registers.
  const registerTag = (register) =>
    element('span', {class: `tag register register-${register % 16}`}, `r${register}`);

  return {element, svg, byId, grouped, counted, registerTag};
})();
