import { eventBusContract } from '../../../test/contracts/event-bus.ts';
import { memoryEventBus } from './memory-event-bus.ts';

eventBusContract('memory', memoryEventBus);
