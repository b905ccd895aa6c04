import type { Access } from '../core/authorized.ts';

/** Whether somebody may see counts and sums over all spaces. */
export const runsInstallation = ({ actions }: Access) => actions?.includes('system:manage') === true;
