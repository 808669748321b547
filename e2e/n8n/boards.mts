/** Pages of a whiteboard, as a lesson leaves them: to be drawn by the editor's browser. */
import type { Size } from './browser.mts';

export const BOARD_SIZE: Size = { width: 480, height: 300 };

export const BOARDS = [
	`<svg width="480" height="300" font-family="Inter" font-size="22" fill="none" stroke-width="4" stroke-linejoin="round">
		<path d="M70 230h180L70 95z" stroke="#1769e0"/><path d="M70 212h18v18" stroke="#1769e0" stroke-width="2"/>
		<g fill="#e0457b" stroke="none"><text x="42" y="172">a</text><text x="152" y="258">b</text><text x="172" y="154">c</text></g>
		<text x="285" y="150" fill="#222" stroke="none" font-size="30" font-weight="600">a² + b² = c²</text>
		<path d="M284 166c50-8 120-8 172 0" stroke="#f2a900"/>
	</svg>`,
	`<svg width="480" height="300" font-family="Inter" font-size="28" fill="#222">
		<text x="60" y="90">3² + 4² = 9 + 16</text><text x="172" y="140">= 25</text><text x="172" y="190" fill="#e0457b" font-weight="600">= 5²</text>
	</svg>`,
];
